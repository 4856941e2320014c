import { systemClock } from '../../src/tabs/system-clock.ts'
import { startModelServer } from '../support/model-server/model-server.ts'
import { KINDS, openScripted } from '../support/model-server/open-scripted-model.ts'
import { withMasking } from '../../src/models/with-masking.ts'
import type { ModelStage } from './language-model-contract.ts'
import { describeLanguageModel } from './language-model-contract.ts'

for (const kind of KINDS) {
  const open = async (): Promise<ModelStage> => {
    const server = await startModelServer()
    return {
      model: openScripted(kind, server, { retries: 0 }, { clock: systemClock }),
      answer: (text) => server.plan({ kind: 'answer', text, pieceBytes: 11 }),
      hold: (text) => server.plan({ kind: 'hang', text }),
      fail: () => server.plan({ kind: 'refuse', status: 500, message: 'broken' }),
      asked: (count) => server.arrived(count),
      peak: () => server.peak(),
      close: () => server.close(),
    }
  }
  describeLanguageModel(`${kind} over HTTP`, open)
  describeLanguageModel(`${kind} over HTTP, masked`, async () => {
    const stage = await open()
    return { ...stage, model: withMasking(stage.model, systemClock) }
  })
}
