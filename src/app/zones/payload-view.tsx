import type { ReactElement } from 'react'
import { useState } from 'react'
import type { Session } from '../../client/session.ts'
import type { SliceQuery } from '../../core/memory/slice-payload.ts'
import type { PayloadPlace, RecallResult } from '../../protocol/requests.ts'
import { useRequest } from '../hooks/use-request.ts'
import type { SliceKind } from '../view/slice-form.ts'
import { describePiece, readSlice, SLICE_FIELDS, SLICE_KINDS } from '../view/slice-form.ts'
import { PagedText } from './paged-text.tsx'
import { ProblemBanner } from './problem-banner.tsx'

interface PayloadViewProps {
  readonly session: Session
  readonly place: PayloadPlace
  /** What it is, for screen readers. */
  readonly name: string
}

const HEAD = { lines: 30, chars: 3_000 }

/** A stored payload: whole, in pages, or a piece of it. */
export function PayloadView({ session, place, name }: PayloadViewProps): ReactElement {
  const [slice, setSlice] = useState<SliceQuery | null>(null)
  const query = slice === null ? place : { ...place, ...slice }
  const { value, problem, loading } = useRequest(`${session.id} ${JSON.stringify(query)}`, () =>
    session.recall(query),
  )
  return (
    <div className="unfolded" data-testid="payload" aria-busy={loading}>
      <SliceForm name={name} onSlice={setSlice} />
      {problem !== null && (
        <ProblemBanner
          // Of a slice this says that there is no such piece.
          problem={slice === null ? problem : { ...problem, advice: 'Ask for another piece.' }}
          onDismiss={null}
          onRetry={null}
        />
      )}
      {problem === null && value === null && <div className="skeleton" />}
      {value !== null && <Piece key={JSON.stringify(query)} result={value} />}
    </div>
  )
}

function Piece({ result }: { readonly result: RecallResult }): ReactElement | null {
  if (result.kind !== 'artifact' && result.kind !== 'slice') return null
  return (
    <>
      <p className="hint" role="status" data-testid="piece">
        {describePiece(result)}
      </p>
      <PagedText text={result.text} head={HEAD} kind="output" />
    </>
  )
}

interface SliceFormProps {
  readonly name: string
  readonly onSlice: (slice: SliceQuery | null) => void
}

function SliceForm({ name, onSlice }: SliceFormProps): ReactElement {
  const [kind, setKind] = useState<SliceKind>('whole')
  const [typed, setTyped] = useState('')
  const wanted = readSlice(kind, typed)
  return (
    <form
      className="slice-form"
      onSubmit={(event) => {
        event.preventDefault()
        if (wanted !== null) onSlice(wanted)
      }}
    >
      <select
        value={kind}
        aria-label={`Piece of ${name}`}
        data-testid="slice-kind"
        onChange={(event) => {
          const chosen = SLICE_KINDS.find((one) => one === event.target.value) ?? 'whole'
          setKind(chosen)
          setTyped('')
          if (chosen === 'whole') onSlice(null)
        }}
      >
        {SLICE_KINDS.map((one) => (
          <option key={one} value={one}>
            {SLICE_FIELDS[one].name}
          </option>
        ))}
      </select>
      {kind !== 'whole' && (
        <>
          <input
            type="search"
            value={typed}
            placeholder={SLICE_FIELDS[kind].hint}
            aria-label={`${SLICE_FIELDS[kind].name} of ${name}`}
            data-testid="slice-text"
            onChange={(event) => setTyped(event.target.value)}
          />
          <button type="submit" className="plain" disabled={wanted === null}>
            Show
          </button>
        </>
      )}
    </form>
  )
}
