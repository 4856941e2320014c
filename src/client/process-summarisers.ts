import type { Tokeniser } from '../core/ports/tokeniser.ts'
import { createGate } from '../models/gate.ts'
import { createLocalDesk } from '../models/local-desk.ts'
import type { SummariserDesk } from '../protocol/summariser-desk.ts'
import { systemClock } from '../tabs/system-clock.ts'
import type { PageModels } from './summarisers.ts'

/** The summarisers of a process, none until some are chosen. */
export function createProcessSummarisers(
  tokeniser: Tokeniser,
  page: Pick<PageModels, 'models'>,
): SummariserDesk {
  return createLocalDesk({
    random: { id: () => crypto.randomUUID() },
    clock: systemClock,
    count: (text) => tokeniser.count(text),
    gate: createGate({ clock: systemClock }),
    open: async (choice) => {
      // Who asks no model need not load what opens them.
      const { openLadderModel } = await import('../models/open-ladder-model.ts')
      return openLadderModel(choice, {
        clock: systemClock,
        random: Math.random,
        pageModel: ({ place }) => page.models[place],
      })
    },
  })
}
