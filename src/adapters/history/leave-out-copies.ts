import { callIds, resultIds, type Draft, type Part } from '../../core/session/message.ts'
import type { UniqueIds } from '../call-ids.ts'
import { isJsonObject } from '../copy-json.ts'
import { fingerprint } from './fingerprint.ts'
import { quoteId, type Repair } from './history-findings.ts'

/** A draft and where it stood in what was handed in. */
export interface Placed {
  readonly draft: Draft
  readonly at: number
}

/**
 * Leaves out what is in a history twice or says nothing: messages stored again under their id, calls
 * stored again in the next message, a system prompt that directly repeats itself, empty messages. A
 * message that has the id of another one but says something else is kept under a new id, because a
 * log takes each id once.
 *
 * What a person may have said twice is kept.
 *
 * @param ids - Gets all ids of messages, so that later ones differ from them.
 * @see SPEC.md rules HEAL3, HEAL4, HEAL5
 */
export function leaveOutCopies(
  drafts: readonly Draft[],
  ids: UniqueIds,
  repairs: Repair[],
): readonly Placed[] {
  const kept: Placed[] = []
  const seen = new Map<string, Draft[]>()
  let systemRun = new Map<string, Draft[]>()
  for (const [at, draft] of drafts.entries()) {
    const leave = (kind: Repair['kind'], detail: string): number =>
      repairs.push({ kind, at, detail })
    if (isEmpty(draft)) {
      leave('message-empty', `The message says nothing and was left out (role ${draft.role}).`)
      continue
    }
    if (draft.id !== undefined && isKnown(draft, draft.id, seen)) {
      leave('message-copied', `Message ${quoteId(draft.id ?? '')} is stored twice; one is kept.`)
      continue
    }
    if (isSameCalls(kept.at(-1)?.draft, draft)) {
      leave('message-copied', 'The message before makes the same calls; it is kept once.')
      continue
    }
    if (draft.role !== 'system')
      systemRun = isOfResults(draft) ? systemRun : new Map<string, Draft[]>()
    else if (isKnown(draft, '', systemRun)) {
      leave('system-doubled', 'The system message stands here twice; it is kept once.')
      continue
    }
    kept.push({ draft: withUniqueId(draft, ids, leave), at })
  }
  return kept
}

/** Whether two drafts say the same, in parts as in what the host wrote. Ids and times don't count. */
export function isSameContent(a: Draft, b: Draft): boolean {
  if (a.role !== b.role || a.name !== b.name || a.parts.length !== b.parts.length) return false
  if (!a.parts.every((part, i) => isSamePart(part, b.parts[i]))) return false
  return a.wire === b.wire || JSON.stringify(a.wire?.value) === JSON.stringify(b.wire?.value)
}

/** Whether two parts are equal, field by field. */
export function isSamePart(a: Part, b: Part | undefined): boolean {
  if (b === undefined) return false
  const [left, right] = [Object.entries(a), new Map<string, unknown>(Object.entries(b))]
  return left.length === right.size && left.every(([key, value]) => right.get(key) === value)
}

/** Whether a draft that says the same is there under this name. Remembers the draft if not. */
function isKnown(draft: Draft, name: string, seen: Map<string, Draft[]>): boolean {
  const key = `${fingerprint(draft.parts)} ${draft.role} ${name}`
  const others = seen.get(key)
  if (others === undefined) {
    seen.set(key, [draft])
    return false
  }
  if (others.some((other) => isSameContent(other, draft))) return true
  others.push(draft)
  return false
}

/** A call is made once: the next message can't make it again while it is open. */
function isSameCalls(before: Draft | undefined, draft: Draft): boolean {
  if (before === undefined || draft.role !== 'assistant') return false
  const answered = new Set(resultIds(draft))
  const differ = before.id !== undefined && draft.id !== undefined && before.id !== draft.id
  return !differ && callIds(draft).some((id) => !answered.has(id)) && isSameContent(before, draft)
}

/** Results may move behind their calls, and then what stands around them stands together. */
function isOfResults({ role, parts }: Draft): boolean {
  return role === 'tool' || parts.every((part) => part.type === 'tool-result' || isBlank(part))
}

function withUniqueId(
  draft: Draft,
  ids: UniqueIds,
  report: (kind: Repair['kind'], detail: string) => void,
): Draft {
  if (draft.id === undefined) return draft
  const id = ids.issue(draft.id)
  if (id === draft.id) return draft
  const names = `${quoteId(draft.id)}, which another message has; it became ${quoteId(id)}`
  report('message-id-doubled', `The message has the id ${names}.`)
  return { ...draft, id }
}

/** Whether a message says nothing and holds nothing else either. */
export function isEmpty(draft: Draft): boolean {
  return draft.parts.every(isBlank) && !holdsMore(draft)
}

function isBlank(part: Part): boolean {
  return (part.type === 'text' || part.type === 'reasoning') && part.text.trim() === ''
}

/** Fields of a chat-completions message that are read into parts, or that say nothing. */
const READ_FIELDS: ReadonlySet<string> = new Set(['role', 'content', 'name', 'refusal'])

/** Whether the host's own form holds something that no part has, such as audio or hidden reasoning. */
function holdsMore({ wire }: Draft): boolean {
  if (!isJsonObject(wire?.value)) return false
  const { content } = wire.value
  if (wire.format === 'anthropic') {
    return (
      Array.isArray(content) &&
      content.some((block: unknown) => isJsonObject(block) && block['type'] === 'redacted_thinking')
    )
  }
  return Object.entries(wire.value).some(
    ([field, value]) => !READ_FIELDS.has(field) && !isNothing(value),
  )
}

function isNothing(value: unknown): boolean {
  if (value === null || value === undefined || value === '') return true
  return Array.isArray(value) && value.length === 0
}
