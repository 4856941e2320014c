import { isJsonObject, type JsonObject } from '../copy-json.ts'
import { objectsIn, withTools } from '../requests/body-fields.ts'
import type { ChatRequest, ParsedRequest, RequestFormat } from '../requests/request-format.ts'
import { readOllamaAnswer } from './ollama-answer.ts'
import { groupOllama } from './ollama-message.ts'

const ROLES: ReadonlySet<unknown> = new Set(['system', 'user', 'assistant', 'tool'])

/**
 * Requests of Ollama's chat, told from their address: the body looks like that of chat completions. Its
 * completions (`/api/generate`) hold no history that could be written anew.
 *
 * @see SPEC.md rules OLL8–OLL9
 */
export const ollamaRequests: RequestFormat = {
  takeApart: takeApartOllama,
  readAnswer: readOllamaAnswer,
}

function takeApartOllama({ url, body }: ParsedRequest): ChatRequest | undefined {
  const { model, stream, options } = body
  if (!/\/api\/chat\/?(?:[?#]|$)/.test(url) || typeof model !== 'string') return undefined
  const values = objectsIn(body['messages'])
  if (values === undefined || !values.every(isMessage)) return undefined
  const most = isJsonObject(options) ? options['num_predict'] : undefined
  return {
    format: 'ollama',
    messages: groupOllama(values),
    model,
    isStream: stream !== false,
    // Without a bound it is -1, or -2 for what the window holds.
    ...(typeof most === 'number' && most > 0 ? { maxAnswerTokens: most } : {}),
    write: (written) => ({ ...body, messages: written.messages }),
    addTools: withTools,
    toolFormat: 'openai',
  }
}

/** Content that is no text belongs to another server at an address of this kind. */
function isMessage({ role, content, parts }: JsonObject): boolean {
  const says = typeof content === 'string' || (content ?? undefined) === undefined
  return ROLES.has(role) && says && parts === undefined
}
