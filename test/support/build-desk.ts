import type { Clock } from '../../src/core/ports/clock.ts'
import type { LanguageModel } from '../../src/core/ports/language-model.ts'
import { createGate } from '../../src/models/gate.ts'
import type { ModelGate } from '../../src/models/model-gate.ts'
import { createLocalDesk } from '../../src/models/local-desk.ts'
import type { PageChoice, SummariserDesk } from '../../src/protocol/summariser-desk.ts'
import { testTokeniser } from './build-engine.ts'

/** Choices for models that a test has, by their places. */
export function choicesOf(models: readonly LanguageModel[]): readonly PageChoice[] {
  return models.map(({ info }, place) => ({
    kind: 'page',
    shown: 'host',
    place,
    info,
    judge: false,
  }))
}

/** The real ladder, gate and protocol over models of a test. */
export async function openDesk(
  clock: Clock,
  models: readonly LanguageModel[],
  gate: ModelGate = createGate({ clock }),
): Promise<SummariserDesk> {
  let issued = 0
  const desk = createLocalDesk({
    clock,
    gate,
    count: (text) => testTokeniser.count(text),
    random: { id: () => `nonce-${String((issued += 7_919) * 104_729).padStart(14, '5')}` },
    open: async (choice) => {
      const model = choice.kind === 'page' ? models[choice.place] : undefined
      if (!model) throw new Error('the test has no such model')
      return { kind: 'host', model, judges: choice.kind === 'page' && choice.judge }
    },
  })
  await desk.choose(choicesOf(models))
  return desk
}
