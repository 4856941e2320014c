import type { StampedDraft } from '../session/append.ts'
import type { Part } from '../session/message.ts'
import { isRow } from '../transfer/archive-rows.ts'
import { fitsSample, isTime } from '../transfer/fits-sample.ts'

const ROLES: ReadonlySet<unknown> = new Set(['system', 'user', 'assistant', 'tool'])

/** What each kind of part has at least. */
const PARTS: Readonly<Record<Part['type'], object>> = {
  text: { text: '' },
  reasoning: { text: '' },
  'tool-call': { callId: '', name: '', input: '' },
  'tool-result': { callId: '', output: '' },
  'approval-request': { approvalId: '', callId: '' },
  'approval-response': { approvalId: '', approved: true },
  image: { url: '' },
  file: { url: '' },
}

/** What a part may have besides. */
const OPTIONAL: Readonly<Record<string, string | boolean>> = {
  isError: true,
  mediaType: '',
  name: '',
}

/** Whether a value is a message as devices tell each other of it. Nothing is said of its hash. */
export function isMessage(value: unknown): value is StampedDraft {
  if (!isRow(value)) return false
  const { id, role, parts, at, tokens, hash, name = '', original, wire } = value
  return (
    typeof id === 'string' &&
    id !== '' &&
    ROLES.has(role) &&
    Array.isArray(parts) &&
    parts.every(isPart) &&
    isTime(at) &&
    Number.isSafeInteger(tokens) &&
    (tokens as number) >= 0 &&
    typeof hash === 'string' &&
    typeof name === 'string' &&
    (original === undefined || fitsSample(original, { source: '' })) &&
    (wire === undefined || fitsSample(wire, { format: '' }))
  )
}

function isPart(value: unknown): value is Part {
  if (!isRow(value)) return false
  const { type } = value
  const isKnown = typeof type === 'string' && Object.hasOwn(PARTS, type)
  if (!isKnown || !fitsSample(value, PARTS[type as Part['type']])) return false
  return Object.entries(OPTIONAL).every(
    ([field, sample]) => value[field] === undefined || typeof value[field] === typeof sample,
  )
}
