import { BackfoldError } from '../core/backfold-error.ts'
import { describeSummariser, isHostSummariser } from '../core/compaction/describe-summariser.ts'
import type { LanguageModel } from '../core/ports/language-model.ts'
import { hostModel } from '../models/host-model.ts'
import type { PageChoice, PlainChoice } from '../protocol/summariser-desk.ts'
import type { SummariserChoice } from '../protocol/summariser-options.ts'

/** What of a choice can cross a thread; models that only the page has are added to its list. */
export async function toPlainChoices(
  choices: readonly SummariserChoice[],
  models: LanguageModel[],
): Promise<readonly PlainChoice[]> {
  const plain: PlainChoice[] = []
  for (const choice of choices) {
    if (isHostSummariser(choice)) {
      describeSummariser(choice)
      plain.push({ ...add('host', hostModel(choice), models), judge: choice.judge === true })
    } else if (choice.kind === 'browser-ai') {
      const { createBrowserAi } = await import('../models/browser-ai/browser-ai-model.ts')
      const { judge = false, ...options } = choice
      plain.push({ ...add('browser-ai', createBrowserAi(options), models), judge })
    } else plain.push(choice)
  }
  return plain
}

function add(
  shown: PageChoice['shown'],
  model: LanguageModel,
  models: LanguageModel[],
): Omit<PageChoice, 'judge'> {
  // Places are never used again: a former model that is closed late must not close a new one.
  const place = models.push(model) - 1
  return { kind: 'page', shown, place, info: model.info }
}

/** One choice or several, as a list. */
export function listOf(
  choices: SummariserChoice | readonly SummariserChoice[],
): readonly SummariserChoice[] {
  const list: readonly unknown[] = Array.isArray(choices) ? choices : [choices]
  for (const choice of list) {
    if (typeof choice !== 'object' || choice === null) {
      throw new BackfoldError('INVALID_INPUT', 'a summariser is an object with kind or summarise()')
    }
  }
  return list as readonly SummariserChoice[]
}
