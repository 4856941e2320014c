import type { Message, Part } from '../../core/session/message.ts'
import type { JsonObject } from '../copy-json.ts'
import { parseDataUrl } from '../data-url.ts'
import { namedParts } from '../named-parts.ts'
import { describePart } from '../openai/openai-render.ts'
import { asTextBlock } from '../placed-part.ts'
import { formatToolName, parseToolInput } from '../tool-input.ts'

/**
 * Builds model messages from the parts of a message that came in another format: usually one, more if results
 * stand among other parts. Results have no `toolName` yet, which their calls know. Reasoning stays out, as
 * providers want back what they signed. A message with nothing to say gives none.
 */
export function renderAiSdk(message: Pick<Message, 'role' | 'parts' | 'name'>): JsonObject[] {
  if (message.role === 'tool') return renderTool(message.parts)
  const role = message.role === 'assistant' ? 'assistant' : 'user'
  const out: JsonObject[] = []
  let said: JsonObject[] = []
  const flush = (): void => {
    if (said.length > 0) out.push({ role, content: contentOf(said) })
    said = []
  }
  for (const part of namedParts(message)) {
    const answer = renderAnswer(part)
    if (answer) {
      flush()
      out.push({ role: 'tool', content: [answer] })
      continue
    }
    const block = role === 'assistant' ? renderSaid(part) : renderGiven(part)
    if (block) said.push(block)
  }
  flush()
  return out
}

/** What a tool says beside its results must stay in its result: it is no instruction. */
function renderTool(parts: readonly Part[]): JsonObject[] {
  const remarks = parts.map(describePart).filter((text) => text !== '')
  const last = parts.findLastIndex(({ type }) => type === 'tool-result')
  return parts.flatMap((part, i) => {
    const output = part.type === 'tool-result' && i === last ? [part.output, ...remarks] : []
    const answer = renderAnswer(
      part.type === 'tool-result' && i === last ? { ...part, output: output.join('\n') } : part,
    )
    return answer ? [{ role: 'tool', content: [answer] }] : []
  })
}

function renderAnswer(part: Part): JsonObject | undefined {
  if (part.type === 'tool-result') {
    const output = { type: part.isError === true ? 'error-text' : 'text', value: part.output }
    return { type: 'tool-result', toolCallId: part.callId, output }
  }
  if (part.type !== 'approval-response') return undefined
  const { approvalId, approved } = part
  return { type: 'tool-approval-response', approvalId, approved }
}

function renderSaid(part: Part): JsonObject | undefined {
  if (part.type === 'tool-call') {
    const input = parseToolInput(part.input)
    const toolName = formatToolName(part.name)
    return { type: 'tool-call', toolCallId: part.callId, toolName, input }
  }
  if (part.type === 'approval-request') {
    const { approvalId, callId: toolCallId } = part
    return { type: 'tool-approval-request', approvalId, toolCallId }
  }
  return textOrNothing(part)
}

function textOrNothing(part: Part): JsonObject | undefined {
  const text = describePart(part)
  return text === '' ? undefined : asTextBlock(text)
}

/** Only users can show something; what has no URL that the SDK could load is named. */
function renderGiven(part: Part): JsonObject | undefined {
  if (part.type !== 'image' && part.type !== 'file') return textOrNothing(part)
  const data = parseDataUrl(part.url)
  const mediaType = part.mediaType ?? data?.mediaType ?? ''
  const payload = data?.base64 ?? (/^https?:/.test(part.url) ? part.url : undefined)
  if (payload === undefined || payload === '') return textOrNothing(part)
  if (part.type === 'image') {
    return { type: 'image', image: payload, ...(mediaType === '' ? {} : { mediaType }) }
  }
  if (mediaType === '') return textOrNothing(part)
  const name = part.name === undefined ? {} : { filename: part.name }
  return { type: 'file', data: payload, mediaType, ...name }
}

/** A string where that says it all. */
function contentOf(blocks: readonly JsonObject[]): unknown {
  const [only] = blocks
  return blocks.length === 1 && only?.['type'] === 'text' ? only['text'] : blocks
}
