import type { Chat } from '../chat.ts'
import { writtenAs } from '../core/attachments.ts'
import type { Composed } from '../core/chat-core.ts'
import { ratingTexts } from '../core/host-texts.ts'
import { attachFiles, type AttachParts } from './attach-files.ts'
import type { ChatOptions, ChatSession } from './chat-options.ts'
import type { Sender } from './sender.ts'

/** What a person does with what is being written, and with single messages. */
export type Composing = Pick<
  Chat,
  'edit' | 'setDraft' | 'attach' | 'detach' | 'unqueue' | 'rate' | 'dismiss'
>

export interface ComposingParts extends AttachParts {
  readonly session: Pick<ChatSession, 'describe'>
  readonly options: Pick<ChatOptions, 'model' | 'onNews'>
  readonly take: Sender['take']
  readonly giveBack: (composed: Composed) => void
  readonly isReadOnly: () => boolean
  readonly onTyped: () => void
}

/** @see SPEC.md rules CHAT8 to CHAT10, CHAT12, CHAT15 */
export function createComposing(parts: ComposingParts): Composing {
  const { session, store, attempt, options, onTyped } = parts
  const { core, dispatch } = store
  return {
    edit(seq) {
      if (seq === null) {
        dispatch({ type: 'not-editing' })
        return
      }
      const message = core().log.messages.find((one) => one.seq === seq)
      if (message?.role !== 'user' || parts.isReadOnly()) return
      dispatch({ type: 'editing', seq, ...writtenAs(message.parts, seq) })
    },
    setDraft(draft) {
      dispatch({ type: 'typed', draft })
      onTyped()
    },
    async attach(files) {
      await attachFiles(parts, files)
      onTyped()
    },
    detach(key) {
      dispatch({ type: 'detached', key })
      onTyped()
    },
    unqueue(key) {
      void attempt(async () => {
        const taken = await parts.take(key.replace(/^q/, ''))
        if (taken === null) return
        parts.giveBack({ draft: taken.text, attachments: taken.attachments, editing: null })
      })
    },
    async rate(seq, rating) {
      await attempt(() => session.describe({ host: ratingTexts(seq, rating) }))
      options.onNews?.({ type: 'rated', seq, rating })
    },
    dismiss: () => dispatch({ type: 'failure', failure: null }),
  }
}
