import type { ClipboardEvent, DragEvent, KeyboardEvent, ReactElement, Ref } from 'react'
import { useEffect, useImperativeHandle, useRef, useState } from 'react'
import { useObservable } from '../hooks/use-observable.ts'
import type { Chat } from '../chat/chat.ts'
import { AttachmentChips } from './attachment-chips.tsx'
import { AttachButton, ComposerNotes, SendButtons } from './composer-parts.tsx'
import { NOT_IN_HISTORY, walkHistory } from './walk-history.ts'
import type { WidgetLabels } from './widget-labels.ts'

export interface ComposerHandle {
  focus(): void
}

export interface ComposerProps {
  readonly chat: Chat
  readonly labels: WidgetLabels
  readonly placeholder?: string | undefined
  readonly handle?: Ref<ComposerHandle> | undefined
}

/**
 * Where messages are written: Enter sends, Shift and Enter begin a line, files are attached, pasted or dropped, the
 * arrow keys go through what was written before.
 *
 * @see SPEC.md rule CHAT17
 */
export function Composer({ chat, labels, placeholder, handle }: ComposerProps): ReactElement {
  const state = useObservable(chat.state)
  const { draft, attachments, editing, answer, isOnline, history } = state
  const field = useRef<HTMLTextAreaElement>(null)
  const place = useRef(NOT_IN_HISTORY)
  const [isDropping, setDropping] = useState(false)
  useImperativeHandle(handle, () => ({ focus: () => field.current?.focus() }), [])
  useGrowing(field, draft)
  useEffect(() => {
    if (editing !== null) field.current?.focus()
  }, [editing])
  const send = (): void => {
    place.current = NOT_IN_HISTORY
    void chat.send()
  }
  const onKeyDown = (event: KeyboardEvent<HTMLTextAreaElement>): void => {
    // While a character is being composed, its keys are none of ours. The last of them only has this number in Safari.
    // oxlint-disable-next-line typescript/no-deprecated
    if (event.nativeEvent.isComposing || event.keyCode === 229) return
    if (event.key === 'Enter' && !event.shiftKey && !event.altKey) {
      event.preventDefault()
      send()
    } else if (event.key === 'Escape' && editing !== null) {
      event.stopPropagation()
      chat.edit(null)
    } else if (event.key === 'ArrowUp' || event.key === 'ArrowDown') {
      // Keys may come faster than drawings.
      const next = walkHistory(history, place.current, chat.state.get().draft, event.key)
      if (next === null) return
      event.preventDefault()
      place.current = next
      chat.setDraft(next.text)
    }
  }
  const take = (files: FileList | null | undefined): boolean => {
    if (files == null || files.length === 0) return false
    void chat.attach([...files])
    return true
  }
  const onPaste = (event: ClipboardEvent): void => {
    if (take(event.clipboardData.files)) event.preventDefault()
  }
  const drag = (isOver: boolean) => (event: DragEvent) => {
    if (!event.dataTransfer.types.includes('Files')) return
    event.preventDefault()
    setDropping(isOver)
  }
  const isEmpty = draft.trim() === '' && attachments.length === 0
  return (
    <form
      className="bfw-composer"
      part="composer"
      data-dropping={isDropping}
      onSubmit={(event) => {
        event.preventDefault()
        send()
      }}
      onDragEnter={drag(true)}
      onDragOver={drag(true)}
      onDragLeave={drag(false)}
      onDrop={(event) => {
        drag(false)(event)
        take(event.dataTransfer.files)
      }}
    >
      <ComposerNotes
        labels={labels}
        isDropping={isDropping}
        isOnline={isOnline}
        isEditing={editing !== null}
        onCancel={() => chat.edit(null)}
      />
      <AttachmentChips attachments={attachments} labels={labels} onRemove={chat.detach} />
      <div className="bfw-composer-line">
        <AttachButton labels={labels} onFiles={take} />
        <textarea
          ref={field}
          className="bfw-field"
          part="input"
          rows={1}
          dir={directionOf(draft)}
          aria-label={labels.message}
          placeholder={placeholder ?? labels.placeholder}
          value={draft}
          onChange={(event) => chat.setDraft(event.currentTarget.value)}
          onKeyDown={onKeyDown}
          onPaste={onPaste}
        />
        <SendButtons
          labels={labels}
          isAnswering={answer !== null}
          isOnline={isOnline}
          isEmpty={isEmpty}
          onStop={() => {
            chat.stop()
            field.current?.focus()
          }}
        />
      </div>
    </form>
  )
}

/** Empty it has the direction of its placeholder: a browser takes nothing for left to right. */
function directionOf(text: string): 'auto' | undefined {
  return text === '' ? undefined : 'auto'
}

/** As high as its text, as far as the style sheet lets it. */
function useGrowing(field: { readonly current: HTMLTextAreaElement | null }, text: string): void {
  useEffect(() => {
    const { current } = field
    if (current === null) return
    current.style.setProperty('block-size', 'auto')
    if (text !== '') current.style.setProperty('block-size', `${current.scrollHeight}px`)
  }, [field, text])
}
