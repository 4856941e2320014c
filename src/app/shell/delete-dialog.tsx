import type { ReactElement } from 'react'
import { useEffect, useRef, useState } from 'react'
import type { KeptSession } from '../keep/kept-session.ts'
import { totalOf } from '../keep/total-of.ts'
import { messagesText } from '../view/count-text.ts'
import { shortTokens } from '../view/token-format.ts'

interface DeleteDialogProps {
  /** What will be deleted: one session, or all. */
  readonly sessions: readonly KeptSession[]
  readonly onExport: () => Promise<void>
  readonly onDelete: () => Promise<void>
  readonly onClose: () => void
}

/** Asks before anything is deleted, and says what that means. */
export function DeleteDialog(props: DeleteDialogProps): ReactElement {
  const { sessions, onClose } = props
  const dialog = useRef<HTMLDialogElement>(null)
  const [isBusy, setBusy] = useState(false)
  useEffect(() => dialog.current?.showModal(), [])
  const [first] = sessions
  const isOne = sessions.length === 1 && first !== undefined
  const act = (work: () => Promise<void>, ends: boolean) => (): void => {
    setBusy(true)
    void work().then(() => {
      setBusy(false)
      if (ends) dialog.current?.close()
    })
  }
  return (
    <dialog
      ref={dialog}
      className="ask"
      aria-labelledby="delete-title"
      onClose={onClose}
      closedby="any"
      data-testid="delete-dialog"
    >
      <h2 id="delete-title">
        {isOne ? (
          <>
            Delete “<bdi>{first.name}</bdi>”?
          </>
        ) : (
          `Delete all ${sessions.length} sessions?`
        )}
      </h2>
      <Meaning sessions={sessions} />
      <div className="button-row">
        <button
          type="button"
          className="plain"
          disabled={isBusy}
          onClick={act(props.onExport, false)}
          data-testid="export-first"
        >
          Export first
        </button>
        <span className="spread" />
        <button type="button" className="plain" onClick={() => dialog.current?.close()}>
          Keep
        </button>
        <button
          type="button"
          className="primary danger"
          disabled={isBusy}
          onClick={act(props.onDelete, true)}
          data-testid="delete-now"
        >
          Delete for good
        </button>
      </div>
    </dialog>
  )
}

function Meaning({ sessions }: Pick<DeleteDialogProps, 'sessions'>): ReactElement {
  const { messages, tokens } = totalOf(sessions)
  return (
    <>
      <p>
        {messagesText(messages)} ({shortTokens(tokens)} tokens) and everything made of them are
        removed from this browser: the log, folds and snapshots, artifacts, facts, rules, action
        pads and drafts. This cannot be undone.
      </p>
      <p className="hint">
        What was sent to a model’s provider before stays with that provider. Exports that you saved
        stay where they are.
      </p>
    </>
  )
}
