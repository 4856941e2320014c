import type { ChatModel } from '../../widget/chat/ask/chat-model.ts'
import { serverModel } from '../../widget/chat/ask/server-model.ts'
import { isSetUp, type Provider } from '../keep/app-settings.ts'

/** Most tokens of an answer, for protocols that have to be told. */
const MAX_ANSWER_TOKENS = 8_192

/** Whoever answers for a provider, or why nobody can, as a sentence. @see SPEC.md rule KEEP24 */
export function answeringModel(
  provider: Provider,
  apiKey: string,
): ChatModel | { readonly problem: string } {
  const { protocol, baseUrl, model, system } = provider
  if (!isSetUp(provider)) {
    return { problem: 'Choose who answers in the settings: a server, and a model there.' }
  }
  const server = serverModel(
    { endpoint: baseUrl, protocol, model, apiKey, headers: {}, maxTokens: MAX_ANSWER_TOKENS },
    {
      fetchLike: (url, init) => fetch(url, init),
      isOnline: () => navigator.onLine,
      page: location.href,
    },
  )
  if ('problem' in server || system.trim() === '') return server
  return {
    ...server,
    ask: (request) => server.ask({ ...request, ...withSystem(server.format, request, system) }),
  }
}

/** The system prompt of the settings, before what the session itself begins with. It is not part of the log. */
function withSystem(
  format: ChatModel['format'],
  request: { readonly messages: readonly unknown[]; readonly system?: string | undefined },
  system: string,
): { readonly messages: readonly unknown[]; readonly system?: string | undefined } {
  const isApart = format === 'anthropic' || format === 'gemini' || format === 'responses'
  if (!isApart) return { messages: [{ role: 'system', content: system }, ...request.messages] }
  const parts = [system, request.system ?? ''].filter((part) => part !== '')
  return { messages: request.messages, system: parts.join('\n\n') }
}
