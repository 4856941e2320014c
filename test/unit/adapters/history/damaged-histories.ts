import fc from 'fast-check'
import type { MessageInput } from '../../../../src/protocol/requests.ts'

type Fields = Readonly<Record<string, unknown>>
type History = readonly MessageInput[]

type Format = 'openai' | 'anthropic' | 'canonical'

interface Call {
  readonly id: string
  readonly input: string
  readonly output: string
}

interface Turn {
  readonly asked: string
  readonly said: string | null
  readonly calls: readonly Call[]
  readonly reversed: boolean
  readonly remark: string | null
  readonly final: string
}

interface Blow {
  readonly kind: number
  readonly a: number
  readonly b: number
}

/** Histories that both providers take as they are. No two texts, calls or results are equal. */
export const legalHistories: fc.Arbitrary<History> = fc
  .record({
    format: fc.constantFrom<Format>('openai', 'anthropic', 'canonical'),
    system: fc.boolean(),
    ids: fc.boolean(),
    together: fc.boolean(),
    turns: fc.array(
      fc.record({
        calls: fc.nat(3),
        said: fc.boolean(),
        reversed: fc.boolean(),
        remark: fc.boolean(),
        words: fc.string({ unit: 'grapheme', maxLength: 6 }),
      }),
      { minLength: 1, maxLength: 5 },
    ),
  })
  .map(({ format, system, ids, together, turns }) => {
    let n = 0
    const next = (what: string): string => `${what} ${++n}`
    const filled = turns.map((turn): Turn => {
      const remarked = turn.remark && format !== 'openai' && turn.calls > 0
      return {
        asked: next(`asked ${turn.words}`),
        said: turn.said ? next('said') : null,
        calls: Array.from({ length: turn.calls }, () => ({
          id: `call_${++n}`,
          input: JSON.stringify({ path: next('file'), words: turn.words }),
          output: next(`found ${turn.words}`),
        })),
        reversed: turn.reversed,
        remark: remarked ? next('remark') : null,
        final: next('answer'),
      }
    })
    const opening: Fields[] =
      system && format !== 'anthropic' ? [say('system', 'rules 0', format)] : []
    const messages = [...opening, ...filled.flatMap((turn) => writeTurn(turn, format, together))]
    return messages.map((message, i) => asInput(ids ? { id: `m${i}`, ...message } : message))
  })

/** Such histories after one to six kinds of damage, each as some tool has left it. */
export const damagedHistories: fc.Arbitrary<History> = fc
  .tuple(
    legalHistories,
    fc.array(fc.record({ kind: fc.nat(999), a: fc.nat(999), b: fc.nat(999) }), {
      minLength: 1,
      maxLength: 6,
    }),
  )
  .map(([history, blows]) => blows.reduce(strike, history))

function writeTurn(turn: Turn, format: Format, together: boolean): readonly Fields[] {
  const { calls, reversed } = turn
  const answered = reversed ? calls.toReversed() : calls
  const asking: Fields[] = [say('user', turn.asked, format)]
  const ending: Fields[] = [say('assistant', turn.final, format)]
  if (calls.length === 0) return [...asking, ...ending]
  return [
    ...asking,
    callMessage(turn, format),
    ...resultMessages(turn, answered, format, together),
    ...ending,
  ]
}

function say(role: string, text: string, format: Format): Fields {
  if (format === 'openai') return { role, content: text }
  const block = { type: 'text', text }
  return format === 'canonical' ? { role, parts: [block] } : { role, content: [cached(block)] }
}

/** What makes a block one of the Messages API. */
function cached(block: Fields): Fields {
  return { ...block, cache_control: { type: 'ephemeral' } }
}

function callMessage({ said, calls }: Turn, format: Format): Fields {
  const text = said === null ? [] : [{ type: 'text', text: said }]
  if (format === 'canonical') {
    const parts = calls.map(({ id, input }) => ({
      type: 'tool-call',
      callId: id,
      name: 'read',
      input,
    }))
    return { role: 'assistant', parts: [...text, ...parts] }
  }
  if (format === 'anthropic') {
    const uses = calls.map(({ id, input }) => ({
      type: 'tool_use',
      id,
      name: 'read',
      input: JSON.parse(input) as unknown,
    }))
    return { role: 'assistant', content: [...text, ...uses] }
  }
  const tool_calls = calls.map(({ id, input }) => ({
    id,
    type: 'function',
    function: { name: 'read', arguments: input },
  }))
  return { role: 'assistant', content: said, tool_calls }
}

function resultMessages(
  { remark }: Turn,
  calls: readonly Call[],
  format: Format,
  together: boolean,
): readonly Fields[] {
  if (format === 'openai') {
    return calls.map(({ id, output }) => ({ role: 'tool', tool_call_id: id, content: output }))
  }
  const field = format === 'canonical' ? 'parts' : 'content'
  const results = calls.map(({ id, output }) =>
    format === 'canonical'
      ? { type: 'tool-result', callId: id, output }
      : { type: 'tool_result', tool_use_id: id, content: output },
  )
  const behind = remark === null ? [] : [{ type: 'text', text: remark }]
  const role = format === 'canonical' && remark === null ? 'tool' : 'user'
  if (together || format === 'anthropic') return [{ role, [field]: [...results, ...behind] }]
  return results.map((result, i) => ({
    role: i < results.length - 1 && format === 'canonical' ? 'tool' : role,
    [field]: i < results.length - 1 ? [result] : [result, ...behind],
  }))
}

const OPENINGS = 'Here is a summary of the conversation to date:'

const INTRUDERS: readonly Fields[] = [
  { role: 'assistant', content: null },
  { role: 'assistant', content: '' },
  { role: 'user', content: ' \n' },
  { role: 'user' },
  { role: 'system', content: null },
  { role: 'assistant', parts: [] },
  { role: 'user', content: [] },
  { role: 'assistant', content: 'thinking about it', tool_calls: [] },
  { role: 'user', content: `${OPENINGS}\n\nError generating summary: timed out` },
  { role: 'system', content: `${OPENINGS} the user wants the file and then the` },
  { role: 'user', content: OPENINGS },
  { role: 'assistant', parts: [{ type: 'reasoning', text: 'hm' }] },
  { role: 'tool', content: 'found without a name' },
]

type Strike = (history: History, a: number, b: number) => History

const BLOWS: readonly Strike[] = [
  // A message is missing, stored twice, or stands elsewhere.
  (history, a) => history.filter((_, i) => i !== a % history.length),
  (history, a) =>
    history.flatMap((message, i) => (i === a % history.length ? [message, message] : [message])),
  (history, a, b) => move(history, a % history.length, b % history.length),
  (history, a, b) => history.toSpliced(b % (history.length + 1), 0, pick(history, a)),
  // The beginning or the end is cut off.
  (history, a) => history.slice(a % history.length),
  (history, a) => history.slice(0, 1 + (a % history.length)),
  // Ids come twice: on both sides of a call, or on one of them.
  (history, a, b) => renameCall(history, a, b, () => true),
  (history, a, b) => renameCall(history, a, b, (key) => key === 'id'),
  (history, a, b) => renameCall(history, a, b, (key) => key !== 'id'),
  (history, a, b) =>
    history.map((message, i) =>
      i === a % history.length ? { ...message, id: `m${b % history.length}` } : message,
    ),
  // A batch is cut in half.
  (history, a, b) =>
    history.map((message, i) =>
      i === a % history.length ? asInput(dropPiece(message, b)) : message,
    ),
  // A tool leaves something empty, broken or invented.
  (history, a, b) => history.toSpliced(a % (history.length + 1), 0, asInput(pick(INTRUDERS, b))),
  (history) => [
    asInput({ role: 'system', content: 'rules 0' }),
    asInput({ role: 'system', content: 'rules 0' }),
    ...history,
  ],
  (history, a, b) =>
    mapFields(history, (key, value, n) =>
      n % 5 === a % 5 && (key === 'arguments' || key === 'input') && typeof value === 'string'
        ? value.slice(0, b % (value.length + 1))
        : value,
    ),
  (history, a) =>
    mapFields(history, (key, value, n) =>
      n % 7 === a % 7 && (key === 'tool_call_id' || key === 'tool_use_id') ? undefined : value,
    ),
]

function strike(history: History, { kind, a, b }: Blow): History {
  return history.length === 0 ? history : pick(BLOWS, kind)(history, a, b)
}

function move(history: History, from: number, to: number): History {
  return history.toSpliced(from, 1).toSpliced(to, 0, pick(history, from))
}

function pick<T>(list: readonly T[], n: number): T {
  const item = list[n % list.length]
  if (item === undefined) throw new Error('nothing to pick from')
  return item
}

/** Gives one call of the history the id of another, under the keys that are chosen. */
function renameCall(
  history: History,
  a: number,
  b: number,
  chosen: (key: string) => boolean,
): History {
  const ids = [...new Set(JSON.stringify(history).match(/call_\d+/g) ?? [])]
  if (ids.length < 2) return history
  const [from, to] = [pick(ids, a), pick(ids, b)]
  return mapFields(history, (key, value) => {
    const side = key === 'callId' ? (a % 2 === 0 ? 'id' : 'tool_call_id') : key
    return value === from && chosen(side) ? to : value
  })
}

/** Takes one call or result out of a message, if that leaves something that can be read. */
function dropPiece(message: MessageInput, n: number): Fields {
  const fields = message as Fields
  for (const key of ['tool_calls', 'content', 'parts']) {
    const list = fields[key]
    if (Array.isArray(list) && list.length > 1)
      return { ...fields, [key]: list.toSpliced(n % list.length, 1) }
  }
  return fields
}

/** Changes fields anywhere in a history; `n` counts them. Fields that become undefined are taken out. */
function mapFields(
  history: History,
  change: (key: string, value: unknown, n: number) => unknown,
): History {
  let n = 0
  const walk = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(walk)
    if (typeof value !== 'object' || value === null) return value
    return Object.fromEntries(
      Object.entries(value)
        .map(([key, field]) => [key, walk(change(key, field as unknown, n++))] as const)
        .filter(([, field]) => field !== undefined),
    )
  }
  return history.map((message) => asInput(walk(message) as Fields))
}

function asInput(fields: Fields): MessageInput {
  return fields as unknown as MessageInput
}
