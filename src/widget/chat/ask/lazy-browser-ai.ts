import type { BrowserAiOptions } from './browser-ai.ts'
import type { Respond, RespondRequest } from './respond-model.ts'

/**
 * Answers with the browser's own model (the Prompt API), on this device and without a network. What asks it is loaded
 * with the first question.
 *
 * @see SPEC.md rule SEND9
 */
export function browserAi(options: BrowserAiOptions = {}): Respond {
  const respond = async (request: RespondRequest): Promise<AsyncIterable<string>> => {
    const { askBrowserAi } = await import('./browser-ai.ts')
    return askBrowserAi(request, options)
  }
  return Object.assign(respond, { needsNetwork: false, takesImages: false, takesTools: false })
}
