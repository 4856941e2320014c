import { PAD_BOUNDS, type Pad } from './pad.ts'
import { padTerms, shareOfTerms } from './pad-terms.ts'

export interface FoundPad {
  readonly pad: Pad
  /** How much of the goal it fits, 0 to 1. */
  readonly score: number
}

/** From here on a pad fits a goal clearly enough to be offered unasked. */
const OFFERED_SCORE = 0.6
/** Below this it fits not at all. */
const LEAST_SCORE = 0.25

/**
 * The pads that fit a goal, the best first.
 *
 * The score is the share of the terms of the shorter of goal and pad that both have, of at least three terms; a name
 * that a person gave counts like the goal. A pad that failed since it last worked comes behind all others. Equal ones
 * stand in the order of how often they worked, then of their newest use.
 *
 * @see SPEC.md rules PAD8, PAD9
 */
export function findPads(pads: readonly Pad[], goal: string): readonly FoundPad[] {
  const asked = padTerms(goal)
  return pads
    .filter(({ isDeleted }) => !isDeleted)
    .map((pad) => {
      const named = pad.isNamed ? shareOfTerms(padTerms(pad.name), asked) : 0
      return { pad, score: Math.max(named, shareOfTerms(pad.terms, asked)) }
    })
    .filter(({ score }) => score >= LEAST_SCORE)
    .toSorted(
      (a, b) =>
        Number(isDemoted(a.pad)) - Number(isDemoted(b.pad)) ||
        b.score - a.score ||
        b.pad.successes - a.pad.successes ||
        (b.pad.runs.at(-1) ?? 0) - (a.pad.runs.at(-1) ?? 0) ||
        b.pad.n - a.pad.n,
    )
}

/** Whether it failed since it last worked. */
export function isDemoted({ failedInARow }: Pad): boolean {
  return failedInARow > 0
}

/**
 * Whether a pad may be offered unasked for a goal. Imported ones are not, until they worked here.
 *
 * @see SPEC.md rules PAD8, PAD11
 */
export function isOffered({ pad, score }: FoundPad): boolean {
  const isTried = pad.origin === 'extracted' || pad.successes > 0
  return score >= OFFERED_SCORE && isTried && pad.failedInARow < PAD_BOUNDS.failuresInARow
}
