import { checkRulesInContext } from '../memory/vault/check-rules.ts'
import type { Snapshotted, Write } from '../ports/session-store.ts'
import { assembleContext } from '../session/assemble.ts'
import { sumCategories } from '../session/categories.ts'
import type { CheckResult, DigestLine, Generation } from '../session/generation.ts'
import { reviseSession, ROW_SCHEMA } from '../session/session-row.ts'
import { checkVault } from './check.ts'
import { inOrder } from './compose.ts'
import { countLine } from './digest-lines.ts'
import { renderDigest } from './digest-text.ts'
import { settleLines } from './settle-lines.ts'
import { readyJob, type StubCandidate } from './stub-candidate.ts'

/** What {@link editCandidate} must be given. */
export const EDIT_QUERY = {
  head: true,
  tail: true,
  pins: true,
  openJob: true,
  rules: 'all',
  facts: 'all',
} as const

/** What came of it: a candidate, or why there is none. */
export type EditCandidate =
  ({ readonly kind: 'made' } & StubCandidate) | { readonly kind: 'none'; readonly reason: string }

/**
 * A candidate that covers what the head covers, with the digest as the vault and the person's corrections want it:
 * it goes the way of every other, to the apply with a snapshot to roll back to.
 *
 * None where there is no head, where the slot is taken (then what holds it takes the changes along), and where
 * nothing would change.
 *
 * @param read - With {@link EDIT_QUERY}.
 * @param reason - Why, for the job's row.
 * @see SPEC.md rules VAULT8, VAULT11
 */
export function editCandidate(
  read: Snapshotted,
  owner: string,
  reason: string,
  count: (text: string) => number,
  now: number,
): { readonly writes: readonly Write[]; readonly outcome: EditCandidate } {
  const { session, head, tail, pins } = read
  if (!session) return none('the session does not exist')
  if (session.openJob !== 0 || session.candidate !== 0) {
    return none('a fold is being prepared, which takes it along')
  }
  if (!head) return none('nothing is folded yet')
  const edited = editLines(read, head, count)
  if (edited.text === renderDigest(head.digest, head.mark)) {
    return none('the context has it so already')
  }
  const before = sumCategories(session.tokens.context)
  // Of the new one nobody has heard.
  const { appliedAt: _, rulesLeftOut: __, record: ___, ...former } = head
  const next: Generation = {
    ...former,
    n: session.lastGeneration + 1,
    schema: ROW_SCHEMA,
    parent: head.n,
    digest: edited.lines,
    digestTokens: count(edited.text),
    ...(edited.leftOut.length > 0 ? { rulesLeftOut: edited.leftOut } : {}),
    status: 'candidate',
    job: session.lastJob + 1,
    createdAt: now,
    tokensBefore: before,
  }
  const context = assembleContext({ head: next, pins, tail, pinned: session.pins })
  const generation: Generation = {
    ...next,
    checks: checksOf(read, next, before, context.tokens),
    tokensAfter: context.tokens,
    categoriesAfter: context.categories,
  }
  const job = readyJob(read, session, generation, owner, reason, now)
  const row = reviseSession(session, {
    lastGeneration: generation.n,
    lastJob: job.n,
    candidate: generation.n,
    openJob: job.n,
  })
  return {
    writes: [
      { table: 'generations', row: generation },
      { table: 'jobs', row: job },
      { table: 'sessions', row },
    ],
    outcome: { kind: 'made', session: row, generation, job },
  }
}

function checksOf(
  { pins, tail, rules }: Snapshotted,
  { digest, parent, rulesLeftOut = [] }: Generation,
  before: number,
  after: number,
): readonly CheckResult[] {
  const verbatim = new Set([...pins, ...tail].map(({ seq }) => seq))
  const faults = checkRulesInContext({ rows: rules, digest, leftOut: rulesLeftOut, verbatim })
  return [
    { name: 'coverage', outcome: 'passed', detail: `covers what generation ${parent} covers` },
    checkVault(faults, 0),
    { name: 'gain', outcome: 'passed', detail: `${before} → ${after} tokens, as asked for` },
  ]
}

/** The head's lines as they are to be. What there was no room for stays out, unless it was pinned since. */
function editLines(
  { pins, rules, facts }: Snapshotted,
  head: Generation,
  count: (text: string) => number,
): {
  readonly lines: readonly DigestLine[]
  readonly text: string
  readonly leftOut: readonly string[]
} {
  const settled = settleLines({
    session: head.session,
    previous: head.digest,
    added: [],
    mark: head.mark,
    pins,
    rules,
    facts,
  })
  const leftOut = (head.rulesLeftOut ?? []).filter((id) => !settled.pinnedRules.has(id))
  const hints = head.digest.filter(({ section }) => section === 'hints')
  const lines = [...settled.lines, ...hints]
    .filter(({ id }) => !settled.hidden.has(id) && !leftOut.includes(id))
    .map((line) => (line.tokens > 0 ? line : countLine(line, count)))
  const ordered = inOrder(lines)
  return { lines: ordered, text: renderDigest(ordered, head.mark), leftOut }
}

function none(reason: string): {
  readonly writes: readonly Write[]
  readonly outcome: EditCandidate
} {
  return { writes: [], outcome: { kind: 'none', reason } }
}
