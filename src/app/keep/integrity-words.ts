import type { Integrity, Problem } from '../../core/session/verify-log.ts'

/** Whether everything of a session fits together, in words. */
export interface IntegrityWords {
  readonly kind: 'intact' | 'damaged'
  readonly title: string
  /** What is damaged, one sentence each. */
  readonly damages: readonly string[]
}

/** Most damages that are named. */
const MOST_NAMED = 50

const WORDS: Readonly<Record<Problem['what'], string>> = {
  missing: 'is missing',
  unreadable: 'can’t be read',
  content: 'was changed since it was written',
  chain: 'does not follow from what stands before it',
  sum: 'counts tokens otherwise than what stands before it',
  counters: 'counts otherwise than its log',
  coverage: 'covers something else than it says',
  parent: 'was built on a generation that is not there',
  index: 'is damaged; the next search makes it anew',
}

/** What a check of a session found, in words. @see SPEC.md rule HEALTH6 */
export function describeIntegrity({ isSound, messages, problems }: Integrity): IntegrityWords {
  const damages = problems.slice(0, MOST_NAMED).map(({ what, where }) => `${where} ${WORDS[what]}`)
  const more = problems.length - MOST_NAMED
  if (isSound) {
    return { kind: 'intact', title: `All ${messages} messages are as they were written.`, damages }
  }
  return {
    kind: 'damaged',
    title: `Of ${messages} messages and what was made of them, ${problems.length} ${problems.length === 1 ? 'place does' : 'places do'} not fit. Export what can still be read.`,
    damages: more > 0 ? [...damages, `and ${more} more`] : damages,
  }
}
