import type { Message, Seq, ToolCallPart } from '../session/message.ts'
import { describeCall } from './describe-call.ts'
import { readEdit } from './edit-fields.ts'
import { lastFormer, type FormerValue } from './facts/fact.ts'

/** The value that something has now, and what it had before. */
export interface StateSlot {
  /** What has the value; stable, so that a newer value takes the place of an older one. */
  readonly key: string
  /** What introduces it: a file, a record, the list of to-dos. */
  readonly label: string
  readonly text: string
  readonly seq: Seq
  /** Whether an older value is known. */
  readonly isChanged: boolean
  /** Values that are not current any more, and the keys of slots that had them. */
  readonly replaced: readonly string[]
  readonly replacedKeys?: readonly string[]
  /** Values that it had before, oldest first. */
  readonly former: readonly FormerValue[]
}

/** Longest value kept, and the shortest that says something by itself. */
const MAX_VALUE_LENGTH = 200
const LEAST_LINE_LENGTH = 12
/** Longest JSON that is read for records. */
const MAX_JSON_LENGTH = 200_000
const MAX_DEPTH = 4
/** Most replaced values that one edit names. */
const MAX_REPLACED = 60
/** Most fields of one record. */
const MAX_FIELDS = 200

/**
 * What can have a newer value: fields of records that tools returned, to-dos, edited lines, and what the user
 * wants instead of something else. Only the newest value of each is given.
 *
 * Total and linear; what is not of a known shape is passed over.
 *
 * @see SPEC.md rules FACT1–FACT3
 */
export function findStateSlots(messages: readonly Message[]): readonly StateSlot[] {
  const slots = new Map<string, StateSlot>()
  const put: Put = (slot, isChange = false) => {
    const known = slots.get(slot.key)
    const isChanged =
      isChange || (known !== undefined && (known.isChanged || known.text !== slot.text))
    // Behind all others: the order is that of the newest value.
    slots.delete(slot.key)
    const gone = (slot.replacedKeys ?? []).flatMap((key) => slots.get(key)?.former ?? [])
    for (const key of slot.replacedKeys ?? []) slots.delete(key)
    const before = known && known.text !== slot.text ? [{ text: known.text, seq: known.seq }] : []
    const replaced = slot.replaced.slice(0, 1).map((text) => ({ text, seq: slot.seq }))
    const former = lastFormer([...gone, ...(known?.former ?? []), ...before, ...replaced])
    slots.set(slot.key, { ...slot, isChanged, former })
  }
  for (const { seq, role, parts } of messages) {
    for (const part of parts) {
      if (part.type === 'tool-result') readRecord(part.output, seq, put)
      else if (part.type === 'tool-call') readCall(part, seq, put)
      else if (part.type === 'text' && role === 'user') readWish(part.text, seq, put)
    }
  }
  return [...slots.values()]
}

type Put = (slot: Omit<StateSlot, 'isChanged' | 'former'>, isChange?: boolean) => void
type Fields = Readonly<Record<string, unknown>>

function readRecord(output: string, seq: Seq, put: Put): void {
  const text = output.trim()
  if (text.length > MAX_JSON_LENGTH || text[0] !== '{') return
  const record = parseFields(text)
  const idKey = record && findIdKey(record)
  if (!record || idKey === undefined) return
  const id = String(record[idKey])
  let fields = 0
  const walk = (value: Fields, path: string, depth: number): void => {
    for (const [name, inner] of Object.entries(value)) {
      if (fields >= MAX_FIELDS) return
      if (name === idKey && path === '') continue
      const at = `${path}${name}`
      if (typeof inner === 'object' && inner !== null) {
        if (depth < MAX_DEPTH) walk(inner as Fields, `${at}.`, depth + 1)
      } else if (typeof inner === 'string' || typeof inner === 'number') {
        const shown = String(inner)
        if (shown.length < 3 || shown.length > MAX_VALUE_LENGTH) continue
        fields++
        put({ key: `record:${id}:${at}`, label: id, text: `${at}: ${shown}`, seq, replaced: [] })
      }
    }
  }
  walk(record, '', 0)
}

/** The field that names a record: one called id, or a name or number with a digit in it. */
function findIdKey(record: Fields): string | undefined {
  const keys = Object.keys(record)
  return (
    keys.find((key) => /(?:^|_)id$/i.test(key) && isScalar(record[key])) ??
    keys.find((key) => {
      const value = record[key]
      return (
        /(?:^|_)(?:id|number|key|uuid|slug|sha|name)$/i.test(key) &&
        typeof value === 'string' &&
        /\d/.test(value)
      )
    })
  )
}

function readCall(call: ToolCallPart, seq: Seq, put: Put): void {
  if (!/"(?:todos|old_string|oldText|old_str)"/.test(call.input)) return
  const input = parseFields(call.input)
  if (!input) return
  if (Array.isArray(input['todos'])) readTodos(input['todos'], seq, put)
  const { subject } = describeCall(call)
  const edits = Array.isArray(input['edits']) ? input['edits'].filter(isFields) : []
  for (const edit of [input, ...edits]) putEdit(edit, subject, seq, put)
}

function readTodos(todos: readonly unknown[], seq: Seq, put: Put): void {
  for (const todo of todos.slice(0, MAX_FIELDS)) {
    if (!isFields(todo)) continue
    const { content, status } = todo
    if (typeof content !== 'string' || typeof status !== 'string') continue
    if (content.length > MAX_VALUE_LENGTH) continue
    put({
      key: `todo:${content}`,
      label: 'To-dos',
      text: `${content}: ${status}`,
      seq,
      replaced: [],
    })
  }
}

/** Of an edit the first line that is new stands for all; every line that went is not current any more. */
function putEdit(edit: Fields, file: string, seq: Seq, put: Put): void {
  const edited = readEdit(edit)
  if (!edited) return
  const [old, fresh] = [linesOf(edited.before), linesOf(edited.after)]
  const [oldSet, freshSet] = [new Set(old), new Set(fresh)]
  const gone = old.filter((line) => !freshSet.has(line))
  const added = fresh.find((line) => !oldSet.has(line))
  if (added === undefined) return
  const replaced = gone.slice(0, MAX_REPLACED)
  const slot = { label: `Now in ${baseName(file)}`, text: added, seq }
  put(
    {
      ...slot,
      key: `edit:${file}:${added}`,
      replaced,
      replacedKeys: replaced.map((line) => `edit:${file}:${line}`),
    },
    gone.length > 0,
  )
}

/** "Use X instead of Y" is said newest last, so that X stands behind Y. */
function readWish(text: string, seq: Seq, put: Put): void {
  const wish =
    /\b(?:use|want|prefer|make it|call it|rename it to)\s+[`"']?([\w./@-]{3,40})[`"']?\s+(?:instead of|rather than|not)\s+[`"']?([\w./@-]{3,40})[`"']?/gi
  for (const [, wanted = '', instead = ''] of text.slice(0, 20_000).matchAll(wish)) {
    const former = instead.replace(/\.+$/, '')
    const shown = `instead of ${former}: ${wanted}`
    put({ key: `wish:${former}`, label: 'The user wants', text: shown, seq, replaced: [] }, true)
  }
}

function linesOf(text: string): readonly string[] {
  return text
    .split('\n', 4_000)
    .map((line) => line.trim())
    .filter((line) => line.length >= LEAST_LINE_LENGTH && line.length <= MAX_VALUE_LENGTH)
}

function baseName(path: string): string {
  return path.split(/[\\/]/).at(-1) ?? path
}

function parseFields(text: string): Fields | undefined {
  try {
    const parsed: unknown = JSON.parse(text)
    return isFields(parsed) ? parsed : undefined
  } catch {
    return undefined
  }
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function isScalar(value: unknown): boolean {
  return typeof value === 'string' || typeof value === 'number'
}
