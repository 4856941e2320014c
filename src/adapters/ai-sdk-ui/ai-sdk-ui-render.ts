import type { Message, Part } from '../../core/session/message.ts'
import type { JsonObject } from '../copy-json.ts'
import { parseDataUrl } from '../data-url.ts'
import { namedParts } from '../named-parts.ts'
import { describePart } from '../openai/openai-render.ts'
import { asTextBlock } from '../placed-part.ts'
import { answerToolPart, toolPartOf, type Answer } from './tool-part.ts'

/** A message of another format as a UI message, and the answers in it that belong to others. */
export interface RenderedUi {
  /** Answers to calls of messages before. */
  readonly answers: readonly Answer[]
  /** Undefined if it says nothing itself. */
  readonly message: JsonObject | undefined
}

/**
 * Builds a UI message from the parts of a message that came in another format. A result becomes part of its
 * call. Reasoning stays out, as providers want back what they signed.
 */
export function renderAiSdkUi(
  message: Pick<Message, 'id' | 'role' | 'parts' | 'name'>,
): RenderedUi {
  if (message.role === 'tool') return { answers: answersOf(message.parts), message: undefined }
  const { role } = message
  const answers: Answer[] = []
  const parts: JsonObject[] = []
  /** Where the calls of this message stand that may still be answered in it. */
  const open = new Map<string, number>()
  let isNewStep = false
  for (const part of namedParts(message)) {
    if (part.type === 'tool-result' || part.type === 'approval-response') {
      const at = open.get(part.type === 'tool-result' ? part.callId : part.approvalId)
      const asked = at === undefined ? undefined : parts[at]
      if (at === undefined || asked === undefined) {
        answers.push(part)
        continue
      }
      parts[at] = answerToolPart(asked, part)
      isNewStep = part.type === 'tool-result'
      continue
    }
    if (part.type === 'approval-request') {
      askLeave(parts, open, part)
      continue
    }
    const rendered = renderPart(part, role)
    if (!rendered) continue
    // What follows a result was said after it: the SDK sends both in the order of steps.
    if (isNewStep) parts.push({ type: 'step-start' })
    isNewStep = false
    if (part.type === 'tool-call') open.set(part.callId, parts.length)
    parts.push(rendered)
  }
  const id = `backfold-${message.id}`
  return { answers, message: parts.length === 0 ? undefined : { id, role, parts } }
}

/** What a tool says beside its results must stay in its result: it is no instruction. */
function answersOf(parts: readonly Part[]): readonly Answer[] {
  const remarks = parts.map(describePart).filter((text) => text !== '')
  const last = parts.findLastIndex(({ type }) => type === 'tool-result')
  return parts.flatMap((part, i): readonly Answer[] => {
    if (part.type === 'approval-response') return [part]
    if (part.type !== 'tool-result') return []
    return i === last ? [{ ...part, output: [part.output, ...remarks].join('\n') }] : [part]
  })
}

/** A request for leave belongs to its call. One whose call stands in another message has no place. */
function askLeave(
  parts: JsonObject[],
  open: Map<string, number>,
  { approvalId, callId }: Extract<Part, { type: 'approval-request' }>,
): void {
  const at = open.get(callId)
  const asked = at === undefined ? undefined : parts[at]
  if (at === undefined || asked?.['state'] !== 'input-available') return
  parts[at] = { ...asked, state: 'approval-requested', approval: { id: approvalId } }
  open.set(approvalId, at)
}

function renderPart(part: Part, role: Message['role']): JsonObject | undefined {
  if (part.type === 'tool-call') return role === 'assistant' ? toolPartOf(part) : undefined
  const media = role === 'user' ? renderMedia(part) : undefined
  if (media) return media
  const text = describePart(part)
  return text === '' ? undefined : asTextBlock(text)
}

/** Only users can show something; what has no URL that the SDK could load is named. */
function renderMedia(part: Part): JsonObject | undefined {
  if (part.type !== 'image' && part.type !== 'file') return undefined
  const data = parseDataUrl(part.url)
  if (!data && !/^https?:/.test(part.url)) return undefined
  const known = part.mediaType ?? data?.mediaType ?? ''
  const mediaType = known === '' && part.type === 'image' ? 'image/*' : known
  if (mediaType === '') return undefined
  const name = part.type === 'file' && part.name !== undefined ? { filename: part.name } : {}
  return { type: 'file', mediaType, url: part.url, ...name }
}
