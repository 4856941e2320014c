import { expect, test } from 'vitest'
import { chooseCut, type Cut, type CutBounds } from '../../../src/core/compaction/cut.ts'
import {
  ALL_KINDS,
  APPROVAL_KINDS,
  forEachHistory,
  REPEATING_KINDS,
  type History,
  type Kind,
} from './cut-histories.ts'

/** Turns after which an open exchange counts as given up, where the bounds do not say. */
const USUAL_PATIENCE = 3

/** The cut that trying every gap finds, told from where each exchange was put. */
function expectedCut(history: History, bounds: CutBounds): Cut {
  const { messages } = history
  if (messages.length === 0) return { kind: 'none', reason: 'nothing-new' }
  let isWithin = false
  let kept = 0
  let keptTokens = 0
  for (let gap = messages.length; gap > 0; gap -= 1) {
    const newest = messages[gap - 1]
    if (!newest) continue
    const leaves = kept >= bounds.retainMessages && keptTokens >= bounds.retainTokens
    kept += 1
    keptTokens += newest.tokens
    if (!leaves || newest.seq > (bounds.upTo ?? Infinity)) continue
    isWithin = true
    if (!isLegal(history, gap, bounds.patienceTurns ?? USUAL_PATIENCE)) continue
    return gains(history, gap, bounds.leastTokens)
      ? { kind: 'cut', mark: newest.seq }
      : { kind: 'none', reason: 'too-little-to-gain' }
  }
  return { kind: 'none', reason: isWithin ? 'open-exchange' : 'retained-tail-covers-all' }
}

function gains({ messages }: History, gap: number, leastTokens: number | undefined): boolean {
  if (leastTokens === undefined) return true
  return messages.slice(0, gap).reduce((sum, { tokens }) => sum + tokens, 0) >= leastTokens
}

function isLegal({ exchanges, turns }: History, gap: number, patience: number): boolean {
  return exchanges.every(({ from, to }) => {
    if (from >= gap) return true
    if (to !== undefined) return to < gap
    return turns.filter((turn) => turn > from).length >= patience
  })
}

const LEAVE: readonly CutBounds[] = [0, 1, 2, 3].map((retainMessages) => ({
  retainMessages,
  retainTokens: 0,
}))

/** All bounds that differ for histories as short as these. */
const EVERY_BOUND: readonly CutBounds[] = LEAVE.flatMap((leave) =>
  [0, 14, 30].flatMap((retainTokens) =>
    [1, 2, 3].flatMap((patienceTurns) => [
      { ...leave, retainTokens, patienceTurns },
      { ...leave, retainTokens, patienceTurns, leastTokens: 20 },
      ...[1, 3].map((upTo) => ({ ...leave, retainTokens, patienceTurns, upTo })),
    ]),
  ),
)

interface Case {
  readonly name: string
  readonly kinds: readonly Kind[]
  readonly longest: number
  readonly bounds: readonly CutBounds[]
  readonly histories: number
}

const cases: readonly Case[] = [
  {
    name: 'up to seven messages, the newest retained',
    kinds: ALL_KINDS,
    longest: 7,
    bounds: [{ retainMessages: 1, retainTokens: 0 }],
    histories: 1_217_679,
  },
  {
    name: 'up to five messages, up to three retained',
    kinds: ALL_KINDS,
    longest: 5,
    bounds: LEAVE,
    histories: 19_110,
  },
  {
    name: 'up to four messages, within every bound',
    kinds: ALL_KINDS,
    longest: 4,
    bounds: EVERY_BOUND,
    histories: 2_478,
  },
  {
    name: 'up to six messages with approvals',
    kinds: APPROVAL_KINDS,
    longest: 6,
    bounds: LEAVE,
    histories: 14_197,
  },
  {
    name: 'up to six messages with an id used again',
    kinds: REPEATING_KINDS,
    longest: 6,
    bounds: LEAVE,
    histories: 14_197,
  },
]

test.each(cases)('[EXH3] $name: each cut is the one that trying every gap finds', (each) => {
  const cuts = new Map<string | number, number>()
  const histories = forEachHistory(each.kinds, each.longest, (history) => {
    for (const bounds of each.bounds) {
      const wanted = expectedCut(history, bounds)
      const cut = chooseCut(history.messages, bounds)
      const name = nameOf(wanted)
      if (nameOf(cut) !== name)
        expect({ history, bounds, cut }).toEqual({ history, bounds, cut: wanted })
      cuts.set(name, (cuts.get(name) ?? 0) + 1)
    }
  })
  process.stdout.write(`${each.name}: ${histories} histories, ${[...cuts].join(' ')}\n`)
  // As many as there are: adding up the choices for each number of open calls gives the same.
  expect(histories).toBe(each.histories)
  for (const reason of ['nothing-new', 'retained-tail-covers-all', 'open-exchange']) {
    expect(cuts.get(reason), reason).toBeGreaterThan(0)
  }
  for (let mark = 1; mark < each.longest; mark += 1) {
    expect(cuts.get(mark), `mark ${mark}`).toBeGreaterThan(0)
  }
})

/** A mark, or the reason why there is none. */
function nameOf(cut: Cut): string | number {
  return cut.kind === 'cut' ? cut.mark : cut.reason
}
