import { oneLine } from '../../compaction/digest-text.ts'
import type { Snapshotted, Write } from '../../ports/session-store.ts'
import { ROW_SCHEMA } from '../../session/session-row.ts'
import { factLines, kindOf } from './fact-entry.ts'
import { FACT_BOUNDS, type FactOverride } from './fact-override.ts'

/** What a person does to a fact that a line of the digest states. */
export type FactCommand =
  | { readonly do: 'correct'; readonly fact: string; readonly text: string }
  | { readonly do: 'remove' | 'restore'; readonly fact: string }

export type FactChanged =
  | { readonly kind: 'changed'; readonly fact: string; readonly detail: string }
  | { readonly kind: 'refused'; readonly reason: string }

/**
 * Corrects or removes a fact for a person, beside what was found: a value that is found later stands over it.
 *
 * @param read - With `head`, `tail` and `facts`.
 * @see SPEC.md rule FACT8
 */
export function changeFacts(
  read: Snapshotted,
  command: FactCommand,
): { readonly writes: readonly Write[]; readonly outcome: FactChanged } {
  const { session } = read
  if (!session) return refuse('the session does not exist')
  const known = read.facts.find(({ id }) => id === command.fact)
  const base =
    known && known.text !== undefined ? known : (foundFact(read, session.id, command) ?? known)
  if (!base)
    return refuse(`no line states a fact ${String(command.fact)}: only such can be changed`)
  if (!known && read.facts.length >= FACT_BOUNDS.overrides) {
    return refuse(`at most ${FACT_BOUNDS.overrides} facts can be changed`)
  }
  const { text: before, ...rest } = base
  const row = { ...rest, decidedAt: session.nextSeq - 1 }
  switch (command.do) {
    case 'correct': {
      const text =
        typeof command.text === 'string'
          ? oneLine(command.text.slice(0, 10_000).toWellFormed())
          : ''
      if (text === '') return refuse('there is no text')
      if (text.length > FACT_BOUNDS.textLength) {
        return refuse(`at most ${FACT_BOUNDS.textLength} characters, got ${text.length}`)
      }
      return write({ ...row, text }, 'The fact is corrected.')
    }
    case 'remove':
      if (before === null) return refuse('it is removed already')
      return write({ ...row, text: null }, 'The fact is removed.')
    case 'restore':
      if (before === undefined) return refuse('it is as it was found')
      return write(row, 'The fact is as it was found again.')
    default:
      return refuse('there is no such command')
  }
}

function foundFact(
  read: Snapshotted,
  session: string,
  { fact }: FactCommand,
): FactOverride | undefined {
  const line = factLines(read).find(({ id }) => id === fact)
  const kind = line && kindOf(line)
  if (!line || !kind) return undefined
  return {
    session,
    id: line.id,
    schema: ROW_SCHEMA,
    found: line.text,
    section: line.section,
    sources: line.sources,
    kind,
    decidedAt: 0,
    ...(line.label === undefined ? {} : { label: line.label }),
  }
}

function write(
  row: FactOverride,
  detail: string,
): { readonly writes: readonly Write[]; readonly outcome: FactChanged } {
  return {
    writes: [{ table: 'facts', row }],
    outcome: { kind: 'changed', fact: row.id, detail },
  }
}

function refuse(reason: string): {
  readonly writes: readonly Write[]
  readonly outcome: FactChanged
} {
  return { writes: [], outcome: { kind: 'refused', reason } }
}
