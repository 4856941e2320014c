import type { ReactElement } from 'react'
import { useEffect, useRef, useState } from 'react'
import { useObservable } from '../../widget/hooks/use-observable.ts'
import { onDropped, takeDropped } from '../keep/dropped-files.ts'
import { createImportQueue, type ImportItem, type ImportQueue } from '../keep/import-queue.ts'
import type { Keep, KeepState } from '../keep/keep-world.ts'
import { fileSize, percent } from '../view/token-format.ts'
import { FoldCard } from './fold-card.tsx'

let made: { readonly keep: Keep; readonly queue: ImportQueue } | undefined

/** One for as long as the app is open: an import goes on while another page is looked at. */
function queueOf(keep: Keep): ImportQueue {
  if (made?.keep === keep) return made.queue
  const queue = createImportQueue(
    async (file, options) => {
      try {
        return await (await keep.backfold()).importFile(file, options)
      } catch (thrown) {
        if (options.signal?.aborted !== true) keep.errors.note(thrown, 'importing a file')
        throw thrown
      }
    },
    () => void keep.refresh(),
  )
  made = { keep, queue }
  return queue
}

const KINDS = '.json,.jsonl,.zip,.gz,.md,.txt,.backfold'

/** Takes sessions in from files of other apps, and shows what they fold to. */
export function ImportPage({
  keep,
  state,
}: {
  readonly keep: Keep
  readonly state: KeepState
}): ReactElement {
  const [queue] = useState(() => queueOf(keep))
  const items = useObservable(queue)
  const picker = useRef<HTMLInputElement>(null)
  useEffect(() => {
    const take = (): void => {
      const files = takeDropped()
      if (files.length > 0) queue.add(files)
    }
    take()
    return onDropped(take)
  }, [queue])
  const isOver = items.some(({ status }) => status !== 'waiting' && status !== 'running')
  return (
    <div className="paper" data-testid="import">
      <h1>Import</h1>
      <p>
        Drop your 300k-token chat, get the 25k context. Exports of ChatGPT and Claude (.json, .zip),
        logs of Claude Code and Codex (.jsonl), message arrays, Markdown, and Backfold’s own
        archives. Files are read here; nothing is sent anywhere.
      </p>
      <div className="drop-here">
        <input
          ref={picker}
          type="file"
          multiple
          className="visually-hidden"
          accept={KINDS}
          tabIndex={-1}
          aria-label="Files to import"
          onChange={({ target }) => {
            queue.add([...(target.files ?? [])])
            target.value = ''
          }}
          data-testid="import-picker"
        />
        <button type="button" className="primary" onClick={() => picker.current?.click()}>
          Choose files
        </button>
        <p className="hint">or drop them anywhere on this page</p>
      </div>
      <ul className="imports" data-testid="imports">
        {items.map((item) => (
          <ImportRow key={item.key} item={item} queue={queue} keep={keep} state={state} />
        ))}
      </ul>
      {isOver && (
        <button type="button" className="link" onClick={queue.clear}>
          Clear this list
        </button>
      )}
    </div>
  )
}

const STATUS: Readonly<Record<ImportItem['status'], string>> = {
  waiting: 'waits',
  running: 'is read',
  done: 'imported',
  failed: 'failed',
  cancelled: 'stopped; what was stored stays',
}

/** Sessions of one file that are shown with what they fold to. */
const MOST_CARDS = 20

interface ImportRowProps {
  readonly item: ImportItem
  readonly queue: ImportQueue
  readonly keep: Keep
  readonly state: KeepState
}

function ImportRow({ item, queue, keep, state }: ImportRowProps): ReactElement {
  const { key, file, status, progress, report, problem } = item
  return (
    <li className="panel import-row" data-testid="import-row" data-status={status}>
      <div className="panel-head">
        <h2>
          <bdi>{file.name}</bdi>
        </h2>
        <span className="hint" role="status">
          {fileSize(file.size)}, {STATUS[status]}
          {status === 'running' && progress !== null && ` (${percent(progress)})`}
        </span>
        {(status === 'waiting' || status === 'running') && (
          <button type="button" className="plain" onClick={() => queue.cancel(key)}>
            Cancel
          </button>
        )}
        {(status === 'cancelled' || status === 'failed') && (
          <button
            type="button"
            className="plain"
            onClick={() => queue.resume(key)}
            data-testid="import-resume"
          >
            {status === 'failed' ? 'Try again' : 'Go on'}
          </button>
        )}
      </div>
      {status === 'running' && (
        <progress
          aria-label={`Import of ${file.name}`}
          {...(progress === null ? {} : { value: progress, max: 1 })}
        />
      )}
      {problem !== null && (
        <p className="failed" role="alert">
          {problem.message} {problem.advice}
        </p>
      )}
      {report !== null && (
        <>
          <p data-testid="import-report">
            {report.sessions.length} {report.sessions.length === 1 ? 'session' : 'sessions'},{' '}
            {report.repairs.length} repairs, {report.refusals.length} refusals.
          </p>
          <Lines name="What was mended" lines={report.repairs} />
          <Lines name="What was refused, and why" lines={report.refusals} />
          {report.sessions.slice(0, MOST_CARDS).map(({ id, title, note }) => (
            <FoldCard
              key={id}
              keep={keep}
              id={id}
              note={note}
              title={state.sessions?.find((one) => one.id === id)?.name ?? title}
            />
          ))}
          {report.sessions.length > MOST_CARDS && (
            <p className="hint">
              {report.sessions.length - MOST_CARDS} more are in the list of sessions.
            </p>
          )}
        </>
      )}
    </li>
  )
}

function Lines({
  name,
  lines,
}: {
  readonly name: string
  readonly lines: readonly string[]
}): ReactElement | null {
  if (lines.length === 0) return null
  return (
    <details>
      <summary>{name}</summary>
      <ul className="lines">
        {lines.map((line, index) => (
          <li key={index}>{line}</li>
        ))}
      </ul>
    </details>
  )
}
