import type { Clock } from '../core/ports/clock.ts'
import type { Tokeniser } from '../core/ports/tokeniser.ts'
import { createGate } from '../models/gate.ts'
import { createLocalDesk } from '../models/local-desk.ts'
import type { SummariserDesk } from '../protocol/summariser-desk.ts'
import type { PageModels } from './summarisers.ts'

/** The summarisers of a process, none until some are chosen. */
export function createProcessSummarisers(
  tokeniser: Tokeniser,
  page: Pick<PageModels, 'models'>,
  clock: Clock,
): SummariserDesk {
  return createLocalDesk({
    random: { id: () => crypto.randomUUID() },
    clock,
    count: (text) => tokeniser.count(text),
    gate: createGate({ clock }),
    open: async (choice) => {
      // Who asks no model need not load what opens them.
      const { openLadderModel } = await import('../models/open-ladder-model.ts')
      return openLadderModel(choice, {
        clock,
        random: Math.random,
        pageModel: ({ place }) => page.models[place],
      })
    },
  })
}
