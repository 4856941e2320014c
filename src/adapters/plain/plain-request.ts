import { isJsonObject, type JsonObject } from '../copy-json.ts'
import { parseJson, parseJsonObject, readEvents } from '../requests/read-events.ts'
import type {
  ChatRequest,
  ParsedRequest,
  ReadAnswer,
  RequestFormat,
} from '../requests/request-format.ts'
import { isPlainMessage } from './plain-message.ts'

/** Fields by which messages of other protocols are known. */
const FOREIGN = ['content', 'parts', 'tool_calls'] as const

/** What an answer may say; all else in it is for the page. */
const SAID = ['text', 'html', 'files'] as const

/** Who speaks in an answer that does not say so. */
const ANSWERING = 'ai'

/**
 * Requests of apps that send `{ messages: [{ role, text }] }` to a server of their own, such as those with the
 * deep-chat element. Told from the shape alone.
 *
 * @see SPEC.md rules TXT5–TXT7
 */
export const plainRequests: RequestFormat = { takeApart, readAnswer }

function takeApart({ body }: ParsedRequest): ChatRequest | undefined {
  const { messages, model, stream } = body
  if (!Array.isArray(messages) || messages.length === 0) return undefined
  const values: readonly unknown[] = messages
  const read = values.filter(isPlainMessage)
  if (read.length !== values.length) return undefined
  if (read.some((message) => FOREIGN.some((field) => field in message))) return undefined
  return {
    format: 'plain',
    messages: read,
    ...(typeof model === 'string' ? { model } : {}),
    isStream: stream === true,
    write: (written) => ({ ...body, messages: written.messages }),
  }
}

function readAnswer(text: string): ReadAnswer | undefined {
  const whole = parseJson(text)
  if (whole !== undefined) return isJsonObject(whole) ? answerOf(whole) : undefined
  return readStream(text)
}

function answerOf(answer: JsonObject): ReadAnswer | undefined {
  const role = typeof answer['role'] === 'string' ? answer['role'] : ANSWERING
  const said = SAID.filter((field) => (answer[field] ?? null) !== null)
  const message: JsonObject = {
    role,
    ...Object.fromEntries(said.map((field) => [field, answer[field]])),
  }
  return (answer['error'] ?? null) === null && isPlainMessage(message) ? { message } : undefined
}

/** Pieces of a text, or of HTML, which add up; one that says `overwrite` takes the place of those before. */
function readStream(text: string): ReadAnswer | undefined {
  const said: Record<string, unknown> = {}
  for (const { data } of readEvents(text)) {
    if (data === '[DONE]') continue
    const piece = parseJsonObject(data)
    if (!piece || (piece['error'] ?? null) !== null) return undefined
    if (typeof piece['role'] === 'string') said['role'] = piece['role']
    if (Array.isArray(piece['files'])) said['files'] = piece['files']
    for (const field of ['text', 'html']) {
      const more = piece[field]
      if (typeof more !== 'string') continue
      const before = piece['overwrite'] === true ? undefined : said[field]
      said[field] = typeof before === 'string' ? before + more : more
    }
  }
  return answerOf(said)
}
