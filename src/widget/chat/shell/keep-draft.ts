import type { ChatCore } from '../core/chat-core.ts'
import { draftTexts } from '../core/host-texts.ts'
import type { ChatSession } from './chat-options.ts'
import type { ChatWorld } from './chat-world.ts'

/** How long after the last key what is written is kept, in milliseconds. */
const KEEP_MS = 400

export interface DraftKeeper {
  /** Something was written: it is kept soon. */
  changed(): void
  /** Keeps it now, if it is not kept yet. */
  flush(): void
}

/** Keeps what is being written with the session, so that a reload loses nothing. @see SPEC.md rule CHAT9 */
export function createDraftKeeper(
  session: Pick<ChatSession, 'describe'>,
  core: () => ChatCore,
  { later }: Pick<ChatWorld, 'later'>,
): DraftKeeper {
  let cancel: (() => void) | null = null
  const flush = (): void => {
    if (cancel === null) return
    cancel()
    cancel = null
    const { draft, attachments, aside } = core()
    // What was set aside is what a reload would lose; an edit can be begun again.
    const kept = aside ?? { draft, attachments }
    const host = draftTexts({ text: kept.draft, attachments: kept.attachments })
    // That it can't be kept is no reason to disturb whoever writes it.
    session.describe({ host }).catch(() => {})
  }
  return {
    changed() {
      cancel?.()
      cancel = later(flush, KEEP_MS)
    },
    flush,
  }
}
