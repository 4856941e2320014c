import { ROW_SCHEMA } from '../../session/session-row.ts'
import type { Seq } from '../../session/message.ts'
import { shorten } from '../sentences.ts'
import { mergeSteps } from './merge-pieces.ts'
import { PAD_BOUNDS, type Pad, type PadContent, type PadRun } from './pad.ts'
import { padShape } from './pad-shape.ts'
import { shareOfTerms } from './pad-terms.ts'
import { preconditionsOf } from './preconditions.ts'

/** Pads of the same shape are the same if their goals share so much. */
const SAME_GOAL = 0.4

/** The pads of a session as they are after some runs. */
export interface MergedPads {
  readonly pads: readonly Pad[]
  /** Those that are new or have changed. */
  readonly changed: readonly Pad[]
  /** Those that made room. */
  readonly removed: readonly number[]
}

/**
 * Counts runs: each becomes a use of a pad that was recalled in it or has its shape and a goal like its own, or a pad
 * of its own. A run counts once for a pad, however often it is read again. Total; the order of the runs is that of
 * their requests.
 *
 * @param session - Whose pads these are.
 * @param mayAdd - False if only known pads are to be counted.
 * @see SPEC.md rules PAD6–PAD8
 */
export function mergeRuns(
  session: string,
  pads: readonly Pad[],
  runs: readonly PadRun[],
  mayAdd: boolean = true,
): MergedPads {
  const byNumber = new Map(pads.map((pad) => [pad.n, pad]))
  const changed = new Set<number>()
  const removed: number[] = []
  let last = pads.reduce((most, { n }) => Math.max(most, n), 0)
  const put = (pad: Pad): void => {
    byNumber.set(pad.n, pad)
    changed.add(pad.n)
  }
  for (const run of runs.toSorted((a, b) => a.request - b.request)) {
    const found = run.content ? findSame([...byNumber.values()], run.content) : undefined
    const followed = run.recalled.flatMap((n) => byNumber.get(n) ?? []).filter(isFollowedIn(run))
    for (const pad of new Set([...(found ? [found] : []), ...followed])) {
      if (pad.isDeleted || isCounted(pad, run.request)) continue
      const counted = count(pad, run)
      put(pad === found && run.outcome === 'reached' ? learn(counted, run) : counted)
    }
    if (!mayAdd || found || !run.content || run.outcome !== 'reached') continue
    if (byNumber.size >= PAD_BOUNDS.rows) {
      const least = leastWorth([...byNumber.values()])
      if (least === undefined) continue
      byNumber.delete(least)
      removed.push(least)
    }
    last += 1
    put(newPad(session, last, run, run.content))
  }
  return {
    pads: [...byNumber.values()].toSorted((a, b) => a.n - b.n),
    changed: [...changed].flatMap((n) => byNumber.get(n) ?? []),
    removed: removed.filter((n) => pads.some((pad) => pad.n === n)),
  }
}

/** A deleted pad is found too, so that what a person deleted does not come back. */
function findSame(pads: readonly Pad[], { steps, terms }: PadContent): Pad | undefined {
  const shape = padShape(steps)
  let best: Pad | undefined
  let bestShare = SAME_GOAL
  for (const pad of pads) {
    if (pad.shape !== shape) continue
    const share = shareOfTerms(pad.terms, terms)
    if (share > bestShare || (share === bestShare && !best)) [best, bestShare] = [pad, share]
  }
  return best
}

function isFollowedIn({ tools }: PadRun): (pad: Pad) => boolean {
  const called = new Set(tools)
  return ({ steps }) => steps.some(({ tool }) => called.has(tool))
}

function isCounted({ runs }: Pad, request: Seq): boolean {
  const isOlder = runs.length >= PAD_BOUNDS.runs && request < (runs[0] ?? 0)
  return isOlder || runs.includes(request)
}

function count(pad: Pad, { request, outcome }: PadRun): Pad {
  const isReached = outcome === 'reached'
  const runs = [...pad.runs, request].toSorted((a, b) => a - b)
  const isNewest = runs.at(-1) === request
  return {
    ...pad,
    runs: runs.slice(-PAD_BOUNDS.runs),
    uses: pad.uses + 1,
    successes: pad.successes + (isReached ? 1 : 0),
    failures: pad.failures + (isReached ? 0 : 1),
    failedInARow: isNewest ? (isReached ? 0 : pad.failedInARow + 1) : pad.failedInARow,
  }
}

/** What a person wrote stays; all else is what the runs have in common. */
function learn(pad: Pad, { content, sources }: PadRun): Pad {
  if (!content) return pad
  const merged = [...new Set([...pad.sources, ...sources])].toSorted((a, b) => a - b)
  const known = { ...pad, sources: merged.slice(-PAD_BOUNDS.sources) }
  if (pad.isEdited || pad.origin === 'imported') return known
  const { steps, params } = mergeSteps(pad, content)
  const learned: Pad = {
    ...known,
    steps,
    params,
    terms: [...new Set([...pad.terms, ...content.terms])].slice(0, PAD_BOUNDS.terms),
    preconditions: preconditionsOf(steps),
    outcome: content.outcome,
  }
  const isWithin =
    params.length <= PAD_BOUNDS.params && JSON.stringify(learned).length <= PAD_BOUNDS.size
  return isWithin ? learned : known
}

function newPad(session: string, n: number, run: PadRun, content: PadContent): Pad {
  return {
    session,
    n,
    schema: ROW_SCHEMA,
    name: padName(content.goal),
    shape: padShape(content.steps),
    origin: 'extracted',
    isNamed: false,
    isEdited: false,
    isDeleted: false,
    ...content,
    sources: run.sources,
    runs: [run.request],
    uses: 1,
    successes: 1,
    failures: 0,
    failedInARow: 0,
  }
}

/** What a pad is called until a person gives it a name. */
function padName(goal: string): string {
  return shorten(goal, 80).slice(0, PAD_BOUNDS.nameLength).toWellFormed()
}

/**
 * The row that makes room: deleted ones first, then those that worked least often and longest ago. What a person wrote
 * or imported stays; so does the newest, or its number would be given again.
 */
function leastWorth(all: readonly Pad[]): number | undefined {
  const newest = Math.max(...all.map(({ n }) => n))
  const rank = (pad: Pad): number => (pad.isDeleted ? 0 : 1 + pad.successes)
  return all
    .filter((pad) => pad.isDeleted || (!pad.isNamed && !pad.isEdited && pad.origin === 'extracted'))
    .filter(({ n }) => n !== newest)
    .toSorted((a, b) => rank(a) - rank(b) || (a.runs.at(-1) ?? 0) - (b.runs.at(-1) ?? 0))
    .at(0)?.n
}
