import type { SessionRow } from '../../../src/core/session/session-row.ts'
import { expectedContext } from './expected-context.ts'
import { expectThat } from './invariant-error.ts'
import type { View } from './view.ts'

/** Numbers that may only grow, by at most so much in one transaction. */
const COUNTERS = {
  headVersion: 1,
  lastGeneration: 1,
  lastJob: 1,
  branch: 1,
  epoch: 1,
} as const

/** The session's row: counters that never go back, and sums that are those of its context. */
export function checkSession(before: View | undefined, after: View): void {
  const { session } = after
  if (before) checkCounters(before.session, session)
  checkCategories(after)
  const pins = [...session.pins]
  const isSorted = pins.every((seq, index) => index === 0 || seq > (pins[index - 1] ?? 0))
  expectThat(isSorted, `pins are out of order: ${pins.join()}`)
  const active = new Set(after.active.map(({ seq }) => seq))
  expectThat(
    pins.every((seq) => active.has(seq)),
    'a pinned message is not active',
  )
  const { openJob, candidate } = session
  expectThat(candidate === 0 || openJob !== 0, 'a candidate without the job that made it')
}

function checkCounters(before: SessionRow, after: SessionRow): void {
  expectThat(after.revision > before.revision, 'the revision did not advance')
  for (const [name, most] of Object.entries(COUNTERS)) {
    const counter = name as keyof typeof COUNTERS
    const step = after[counter] - before[counter]
    expectThat(step >= 0 && step <= most, () => `${name} went from ${before[counter]} by ${step}`)
  }
  expectThat(after.nextSeq >= before.nextSeq, 'the log became shorter')
}

/** What the session says its context counts is what the context counts. */
function checkCategories(view: View): void {
  const { session, active } = view
  const roles = new Map(active.map(({ seq, role, parts }) => [seq, { role, parts }]))
  const sums = { pinned: 0, digest: 0, user: 0, assistant: 0, tools: 0 }
  for (const { kind, seq, tokens } of expectedContext(view)) {
    if (kind === 'pinned' || kind === 'digest') {
      sums[kind] += tokens
      continue
    }
    const message = roles.get(seq)
    if (message?.parts.some(({ type }) => type === 'tool-result')) sums.tools += tokens
    else if (message?.role === 'assistant') sums.assistant += tokens
    else sums.user += tokens
  }
  for (const [name, sum] of Object.entries(sums)) {
    const told = session.tokens.context[name as keyof typeof sums]
    expectThat(told === sum, () => `the context has ${sum} tokens of ${name}, not ${told}`)
  }
}
