import type { Session } from '../../client/session.ts'
import { describeOutcome } from '../view/job-line.ts'

/** What a fold to a budget came to, in tokens. */
export interface Folded {
  /** Of the whole log. */
  readonly before: number
  /** Of the context that is sent. */
  readonly after: number
  /** One sentence for people. */
  readonly said: string
}

/**
 * Folds a session so that its context fits a budget: the budget becomes the session's own.
 *
 * @param budget - In tokens, at least 1,000.
 * @see SPEC.md rule KEEP23
 */
export async function foldTo(
  session: Pick<Session, 'configure' | 'compact' | 'apply' | 'context' | 'state'>,
  budget: number,
): Promise<Folded> {
  const { tokens } = await session.configure({ budget: { tokens: budget } })
  const isLarge = tokens.context > budget * AIM
  const outcome = isLarge ? await session.compact() : null
  if (outcome?.kind === 'ready') await session.apply()
  // At the hard threshold this folds once more, so that what is handed out fits whatever came before.
  await session.context()
  const after = session.state.get().tokens.context
  return {
    before: tokens.log,
    after,
    said:
      outcome === null || outcome.kind === 'ready'
        ? fitText(after, budget)
        : describeOutcome(outcome),
  }
}

/** Share of the budget from which there is something to fold. */
const AIM = 0.4

function fitText(after: number, budget: number): string {
  return after <= budget
    ? 'It fits. Everything is still in the log and can be unfolded.'
    : 'It does not fit: the newest messages alone are larger than the budget.'
}
