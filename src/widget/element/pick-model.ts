import { issueId } from '../../client/connection.ts'
import type { ChatModel, NoModel } from '../chat/ask/chat-model.ts'
import { browserAi } from '../chat/ask/lazy-browser-ai.ts'
import type { Respond } from '../chat/ask/respond-model.ts'
import { respondModel } from '../chat/ask/respond-model.ts'
import { serverModel } from '../chat/ask/server-model.ts'
import type { ElementOptions } from './element-options.ts'

/** What the page gives besides attributes. Kept in memory only. */
export interface ModelProperties {
  readonly apiKey: string
  readonly headers: Readonly<Record<string, string>>
  readonly respond: Respond | null
}

/**
 * Whoever answers: the host's function where there is one, the browser's own model, or a server.
 *
 * @see SPEC.md rules ELEM5, SEND1
 */
export function pickModel(
  options: ElementOptions,
  { apiKey, headers, respond }: ModelProperties,
): ChatModel | NoModel {
  const { protocol: chosen, model, endpoint, maxTokens } = options
  const protocol = chosen === 'browser-ai' ? 'openai' : chosen
  const isOnline = (): boolean => navigator.onLine
  const own = respond ?? (chosen === 'browser-ai' ? browserAi() : null)
  if (own !== null) return respondModel({ protocol, model, respond: own, issueId }, isOnline)
  return serverModel(
    { endpoint, protocol, model, apiKey, headers, maxTokens },
    { fetchLike: (url, init) => fetch(url, init), isOnline, page: pageAddress() },
  )
}

function pageAddress(): string {
  return typeof document === 'undefined' ? 'about:blank' : document.baseURI
}
