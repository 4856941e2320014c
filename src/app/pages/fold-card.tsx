import type { ReactElement } from 'react'
import { useState } from 'react'
import { fileNameOf } from '../keep/export-sessions.ts'
import { foldTo, type Folded } from '../keep/fold-to.ts'
import type { Keep } from '../keep/keep-world.ts'
import { saveText } from '../keep/save-stream.ts'
import { hashOf } from '../shell/route.ts'
import { fullTokens, percent, shortTokens } from '../view/token-format.ts'

interface FoldCardProps {
  readonly keep: Keep
  readonly id: string
  readonly title: string
  /** What is to be said of its import; empty for nothing. */
  readonly note: string
}

/** Budgets that a session can be folded to here, in tokens. */
const BUDGETS = [8_000, 16_000, 25_000, 50_000, 100_000]
const USUAL_BUDGET = 25_000

/** What a session has in tokens, what it folds to, and the ways to take that along. */
export function FoldCard({ keep, id, title, note }: FoldCardProps): ReactElement {
  const [budget, setBudget] = useState(USUAL_BUDGET)
  const [folded, setFolded] = useState<Folded | null>(null)
  const [isBusy, setBusy] = useState(false)
  const [said, setSaid] = useState(note)
  const fold = async (): Promise<void> => {
    setBusy(true)
    setSaid('Folding …')
    const outcome = await keep.attempt('folding an imported session', async (own) =>
      foldTo(await own.session(id), budget),
    )
    setBusy(false)
    setFolded(outcome)
    setSaid(outcome?.said ?? 'Nothing was changed.')
  }
  const read = (): Promise<string | null> =>
    keep.attempt('writing the context', async (own) =>
      (await own.session(id)).markdown({ of: 'context' }),
    )
  const copy = async (): Promise<void> => {
    const text = await read()
    if (text === null) return
    await navigator.clipboard.writeText(text).then(
      () => setSaid('The context is in the clipboard.'),
      () => setSaid('This browser does not allow copying here. Download it instead.'),
    )
  }
  const download = async (): Promise<void> => {
    const text = await read()
    if (text !== null) saveText(`${fileNameOf(title)}.md`, text)
  }
  return (
    <section className="fold-card" aria-label={`Context of ${title}`} data-testid="fold-card">
      <h3>
        <bdi>{title || 'Session'}</bdi>
      </h3>
      {folded !== null && <Sizes folded={folded} />}
      <div className="button-row">
        <label className="inline">
          Budget{' '}
          <select value={budget} onChange={({ target }) => setBudget(Number(target.value))}>
            {BUDGETS.map((tokens) => (
              <option key={tokens} value={tokens}>
                {shortTokens(tokens)}
              </option>
            ))}
          </select>
        </label>
        <button
          type="button"
          className={folded === null ? 'primary' : 'plain'}
          disabled={isBusy}
          onClick={() => void fold()}
          data-testid="fold-now"
        >
          Fold
        </button>
        <button
          type="button"
          className={folded === null ? 'plain' : 'primary'}
          disabled={isBusy}
          onClick={() => void copy()}
          data-testid="copy-context"
        >
          Copy context
        </button>
        <button
          type="button"
          className="plain"
          disabled={isBusy}
          onClick={() => void download()}
          data-testid="download-markdown"
        >
          Download Markdown
        </button>
        <a className="plain" href={hashOf({ page: 'session', id, seq: null })}>
          Open
        </a>
      </div>
      <p className="hint" role="status">
        {said}
      </p>
    </section>
  )
}

function Sizes({ folded: { before, after } }: { readonly folded: Folded }): ReactElement {
  return (
    <p className="fold-sizes" data-testid="fold-sizes">
      <strong>{shortTokens(before)}</strong> → <strong>{shortTokens(after)}</strong>{' '}
      <span className="hint">
        tokens: {fullTokens(before)} of the log, {fullTokens(after)} of the context
        {before > 0 && ` (${percent(after / before)})`}
      </span>
    </p>
  )
}
