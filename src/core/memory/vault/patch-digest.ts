import type { Snapshotted, Write } from '../../ports/session-store.ts'
import type { DigestLine } from '../../session/generation.ts'
import { changeFacts } from '../facts/change-facts.ts'
import { changeRules } from './change-rules.ts'
import { isRuleLine } from './rule-row.ts'

/** What is to become of lines of the head's digest, by id: another text, or null to remove it. */
export interface DigestPatch {
  readonly lines: Readonly<Record<string, string | null>>
  /** Rules to be added. */
  readonly rules?: readonly string[]
}

interface Patched {
  readonly writes: readonly Write[]
  readonly outcome:
    { readonly kind: 'patched' } | { readonly kind: 'refused'; readonly reason: string }
}

/** Most lines that one patch may change. */
const MAX_PATCH = 200

/**
 * Writes what a person made of the lines of a digest, all or none: rules into the vault, all else beside the facts.
 *
 * @param read - With `head`, `tail`, `pins`, `rules`, `facts` and `notes`.
 * @param n - The head generation: what was edited is not in another.
 * @see SPEC.md rule VAULT11
 */
export function patchDigest(
  read: Snapshotted,
  n: number,
  patch: DigestPatch,
  count: (text: string) => number,
  now: number,
): Patched {
  const { head } = read
  if (!head || head.n !== n) return refuse(`generation ${n} is not the head`)
  const lines = Object.entries(patch.lines)
  const added = patch.rules ?? []
  if (lines.length + added.length > MAX_PATCH) return refuse(`at most ${MAX_PATCH} changes at once`)
  const byId = new Map(head.digest.map((line) => [line.id, line]))
  let after = read
  for (const [id, text] of lines) {
    const line = byId.get(id)
    if (!line) return refuse(`generation ${n} has no line ${id}`)
    const { writes, outcome } = changeLine(after, line, text, count, now)
    if (outcome.kind === 'refused') return refuse(`${id}: ${outcome.reason}`)
    after = withWrites(after, writes)
  }
  for (const text of added) {
    const { writes, outcome } = changeRules(after, { do: 'add', text }, count, now)
    if (outcome.kind === 'refused') return refuse(outcome.reason)
    after = withWrites(after, writes)
  }
  const rules = after.rules.filter((row) => !read.rules.includes(row))
  const facts = after.facts.filter((row) => !read.facts.includes(row))
  return {
    writes: [
      ...rules.map((row): Write => ({ table: 'rules', row })),
      ...facts.map((row): Write => ({ table: 'facts', row })),
    ],
    outcome: { kind: 'patched' },
  }
}

function changeLine(
  read: Snapshotted,
  line: DigestLine,
  text: string | null,
  count: (text: string) => number,
  now: number,
): ReturnType<typeof changeRules> | ReturnType<typeof changeFacts> {
  const { id } = line
  if (isRuleLine(line)) {
    const command = text === null ? { do: 'remove' as const } : { do: 'edit' as const, text }
    return changeRules(read, { ...command, rule: id }, count, now)
  }
  return changeFacts(
    read,
    text === null ? { do: 'remove', fact: id } : { do: 'correct', fact: id, text },
  )
}

/** What would be read once this is written. */
function withWrites(read: Snapshotted, writes: readonly Write[]): Snapshotted {
  let { rules, facts } = read
  for (const write of writes) {
    if (write.table === 'rules') rules = withRow(rules, write.row)
    if (write.table === 'facts') facts = withRow(facts, write.row)
  }
  return { ...read, rules, facts }
}

function withRow<Row extends { readonly id: string }>(
  rows: readonly Row[],
  row: Row,
): readonly Row[] {
  return [...rows.filter(({ id }) => id !== row.id), row]
}

function refuse(reason: string): Patched {
  return { writes: [], outcome: { kind: 'refused', reason } }
}
