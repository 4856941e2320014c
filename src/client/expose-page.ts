import type { HostExtractor } from './host-extractor.ts'
import type { LanguageModel } from '../core/ports/language-model.ts'
import { exposeExtractors } from './expose-extractors.ts'
import { exposeModels } from './expose-models.ts'

/** What only the page has, and a worker asks for. */
export interface PageParts {
  readonly extractors: readonly HostExtractor[]
  /** Grows only: what comes later is reached, too. */
  readonly models: readonly LanguageModel[]
}

/** Lets the worker at the other ends run them. @returns Ends it, because the worker is gone. */
export function exposePage(
  { extractors, models }: PageParts,
  extracting: MessagePort,
  modelling: MessagePort,
): () => void {
  const stops = [exposeExtractors(extractors, extracting), exposeModels(models, modelling)]
  return () => {
    for (const stop of stops) stop()
  }
}
