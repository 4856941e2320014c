import type { Backfold } from '../../src/client/session.ts'
import type { SummariserOptions } from '../../src/protocol/summariser-options.ts'
import { oneByOne } from '../../src/protocol/one-by-one.ts'

/** Puts the ladder that a person built in place. */
export interface LadderChooser {
  to(ladder: readonly SummariserOptions[]): Promise<void>
  /** The engine is another one. */
  again(): Promise<void>
}

/** What it takes to choose one. */
export interface LadderParts {
  readonly allowChoices: (
    ladder: readonly SummariserOptions[],
  ) => Promise<readonly SummariserOptions[]>
  /** Null while the archive is not open: nobody opens it for a ladder. */
  readonly opened: () => Backfold | null
}

/** @see SPEC.md rule HOST11 */
export function createLadderChooser({ allowChoices, opened }: LadderParts): LadderChooser {
  let wanted: readonly SummariserOptions[] = []
  const inTurn = oneByOne()
  const choose = (): Promise<void> =>
    inTurn(async () => {
      const summarisers = await opened()?.summarisers()
      if (!summarisers) return
      const isTaken = (choices: readonly SummariserOptions[]): Promise<boolean> =>
        summarisers.choose(choices).then(
          () => true,
          () => false,
        )
      const allowed = await allowChoices(wanted)
      if (await isTaken(allowed)) return
      // One step that makes no sense must not take the others with it.
      const good: SummariserOptions[] = []
      for (const choice of allowed) if (await isTaken([choice])) good.push(choice)
      await isTaken(good)
    })
  return {
    to(ladder) {
      wanted = ladder
      return choose()
    },
    again: choose,
  }
}
