import type { MessageInput } from '../../src/protocol/requests.ts'
import { COMMON, FOLDERS, NOUNS, VERBS } from './corpus-words.ts'
import { createDice, ownWord, pick, type Dice } from './dice.ts'

/** Characters to the token of the sessions written here, as o200k counts them; within 5 %. */
export const CHARACTERS_PER_TOKEN = 3.3

/** Shapes the text of a session: what people and models say, and what tools answer. */
type Writer = (roll: Dice) => string

const LEVELS = ['DEBUG', 'INFO', 'INFO', 'INFO', 'WARN', 'ERROR']

/**
 * An agent's session as chat messages: a request, then rounds of tool calls with their results, then
 * an answer. Four fifths of it are machine output: files, listings, logs, records, test runs, diffs.
 *
 * @param tokens - Ends with the first turn that reaches so many.
 */
export function writeSession(seed: number, tokens: number): readonly MessageInput[] {
  const roll = createDice(seed)
  const messages: MessageInput[] = [
    { role: 'system', content: `You are a careful engineer. ${rules(roll)} ${rules(roll)}` },
  ]
  let left = tokens * CHARACTERS_PER_TOKEN
  for (let turn = 0; left > 0; turn += 1) {
    for (const message of writeTurn(roll, turn)) {
      messages.push(message)
      left -= lengthOf(message)
    }
  }
  return messages
}

/**
 * A session of so many turns: a question, up to so many rounds of tool calls, an answer.
 *
 * @param rounds - Least and most of a turn; without any it is talk alone.
 */
export function writeTalk(
  seed: number,
  turns: number,
  [least, most]: readonly [number, number],
): readonly MessageInput[] {
  const roll = createDice(seed)
  const system = { role: 'system', content: `You are a careful engineer. ${rules(roll)}` }
  const rounds = (): number => least + Math.floor(roll() * (most - least + 1))
  return [
    system,
    ...Array.from({ length: turns }, (_, turn) => writeTurn(roll, turn, rounds)).flat(),
  ]
}

/** Text of at least so many characters, of the same mix as a session. */
export function writeText(seed: number, length: number): string {
  const roll = createDice(seed)
  let text = ''
  while (text.length < length) text += `${pick(RESULTS, roll)(roll)}\n${paragraph(roll, 4)}\n`
  return text
}

/** Every string that a tokenizer would be asked to count, message by message. */
export function textsOf(messages: readonly MessageInput[]): readonly string[] {
  return messages.flatMap((message) => {
    const { content, tool_calls: calls } = message as {
      readonly content: unknown
      readonly tool_calls?: readonly { function: { name: string; arguments: string } }[]
    }
    const said = typeof content === 'string' && content !== '' ? [content] : []
    return [
      ...said,
      ...(calls ?? []).map((call) => `${call.function.name} ${call.function.arguments}`),
    ]
  })
}

function lengthOf(message: MessageInput): number {
  return textsOf([message]).reduce((sum, text) => sum + text.length, 0)
}

function writeTurn(
  roll: Dice,
  turn: number,
  countRounds: () => number = () => 2 + Math.floor(roll() * 10),
): readonly MessageInput[] {
  const ask = `${paragraph(roll, 1 + roll() * 3)}${roll() < 0.4 ? ` ${rules(roll)}` : ''}`
  const messages: MessageInput[] = [{ role: 'user', content: ask }]
  const rounds = countRounds()
  for (let round = 0; round < rounds; round += 1) {
    const id = `call_${turn}_${round}_${hex(roll, 8)}`
    const said = roll() < 0.5 ? paragraph(roll, 1 + roll() * 2) : null
    messages.push({
      role: 'assistant',
      content: said,
      tool_calls: [{ id, type: 'function', function: writeCall(roll) }],
    })
    messages.push({ role: 'tool', tool_call_id: id, content: pick(RESULTS, roll)(roll) })
  }
  messages.push({ role: 'assistant', content: paragraph(roll, 3 + roll() * 8) })
  return messages
}

function writeCall(roll: Dice): { readonly name: string; readonly arguments: string } {
  const kind = roll()
  if (kind < 0.35) return toCall('read_file', { path: path(roll) })
  if (kind < 0.6) return toCall('bash', { command: `npm test -- ${path(roll)}`, timeout: 60 })
  if (kind < 0.8) return toCall('search', { query: symbol(roll), path: pick(FOLDERS, roll) })
  return toCall('edit_file', { path: path(roll), old: code(roll, 4), new: code(roll, 6) })
}

function toCall(
  name: string,
  input: object,
): { readonly name: string; readonly arguments: string } {
  return { name, arguments: JSON.stringify(input) }
}

const RESULTS: readonly Writer[] = [
  (roll) => numbered(roll, size(roll, 10, 160)),
  (roll) => code(roll, size(roll, 10, 160)),
  (roll) =>
    lines(
      size(roll, 5, 40),
      () => `${pick(['│   ', '    '], roll)}${pick(['├── ', '└── '], roll)}${noun(roll)}.ts`,
    ),
  (roll) => lines(size(roll, 5, 90), () => logLine(roll)),
  (roll) => lines(size(roll, 4, 60), () => `${path(roll)}:${digits(roll, 3)}:${codeLine(roll)}`),
  (roll) => JSON.stringify(records(roll, size(roll, 2, 30)), undefined, roll() < 0.5 ? 2 : 0),
  (roll) => lines(size(roll, 5, 60), () => testLine(roll)),
  (roll) => diff(roll),
  (roll) => paragraph(roll, size(roll, 4, 30)),
  (roll) => `Done: ${path(roll)} has ${digits(roll, 3)} lines now.`,
]

/** Many are small and few are large. */
function size(roll: Dice, least: number, most: number): number {
  return Math.floor(least + (most - least) * roll() ** 2)
}

function paragraph(roll: Dice, sentences: number): string {
  return Array.from({ length: Math.max(1, Math.floor(sentences)) }, () => sentence(roll)).join(' ')
}

function sentence(roll: Dice): string {
  const words = Array.from({ length: 6 + Math.floor(roll() * 14) }, () => word(roll))
  if (roll() < 0.3) words.push('in', roll() < 0.5 ? path(roll) : `\`${symbol(roll)}\``)
  if (roll() < 0.15) words.splice(4, 0, pick(['—', '→', '“as is”', 'it’s'], roll))
  const text = words.join(' ')
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}${roll() < 0.9 ? '.' : '?'}`
}

function word(roll: Dice): string {
  const kind = roll()
  // Squared, since few words make most of a text.
  if (kind < 0.6) return COMMON[Math.floor(roll() ** 2 * COMMON.length)] ?? 'the'
  if (kind < 0.9) return kind < 0.75 ? pick(NOUNS, roll) : pick(VERBS, roll)
  return ownWord(roll)
}

function noun(roll: Dice): string {
  return roll() < 0.5 ? pick(NOUNS, roll) : ownWord(roll)
}

function rules(roll: Dice): string {
  const kind = roll()
  if (kind < 0.4)
    return `Always ${pick(VERBS, roll)} the ${pick(NOUNS, roll)} in ${path(roll)} first.`
  if (kind < 0.7) return `Never touch ${path(roll)}.`
  return `No, use ${symbol(roll)} instead of ${symbol(roll)}.`
}

/** A file as tools show it to a model. */
function numbered(roll: Dice, count: number): string {
  let line = Math.floor(roll() * 400)
  return lines(count, () => `${String((line += 1)).padStart(6)}→${codeLine(roll)}`)
}

function code(roll: Dice, count: number): string {
  return lines(count, () => codeLine(roll))
}

function codeLine(roll: Dice): string {
  const kind = roll()
  const indent = '  '.repeat(Math.floor(roll() * 4))
  if (kind < 0.1)
    return `import { ${symbol(roll)} } from './${pick(NOUNS, roll)}/${pick(VERBS, roll)}.ts'`
  if (kind < 0.25) return `${indent}// ${sentence(roll)}`
  if (kind < 0.4)
    return `${indent}if (${symbol(roll)}.${pick(NOUNS, roll)} === ${digits(roll, 2)}) return ${symbol(roll)}`
  if (kind < 0.55)
    return `${indent}const ${symbol(roll)} = await ${pick(VERBS, roll)}(${symbol(roll)}, { ${pick(NOUNS, roll)}: '${word(roll)}' })`
  if (kind < 0.7)
    return `${indent}readonly ${symbol(roll)}: ${capital(noun(roll))}${capital(noun(roll))}`
  if (kind < 0.85)
    return `${indent}${symbol(roll)}.${pick(VERBS, roll)}(${symbol(roll)}, ${digits(roll, 3)})`
  return `${indent}${pick(['}', '})', 'return undefined', '', '} else {'], roll)}`
}

function logLine(roll: Dice): string {
  const time = `2026-0${1 + Math.floor(roll() * 9)}-1${digits(roll, 1)}T1${digits(roll, 1)}:${digits(roll, 2)}:${digits(roll, 2)}.${digits(roll, 3)}Z`
  return `${time} ${pick(LEVELS, roll)} [${pick(NOUNS, roll)}-${digits(roll, 2)}] ${pick(VERBS, roll)} ${pick(NOUNS, roll)} id=${hex(roll, 8)} took=${digits(roll, 3)}ms path=/${pick(NOUNS, roll)}/${digits(roll, 5)}`
}

function testLine(roll: Dice): string {
  const kind = roll()
  if (kind < 0.9) return ` ✓ ${path(roll)} > ${sentence(roll)} (${digits(roll, 2)} ms)`
  return ` ✗ ${path(roll)}: error: expected ${digits(roll, 3)} to be ${digits(roll, 3)}\n    at ${symbol(roll)} (${path(roll)}:${digits(roll, 2)}:${digits(roll, 1)})`
}

function records(roll: Dice, count: number): readonly object[] {
  return Array.from({ length: count }, () => ({
    id: `${hex(roll, 8)}-${hex(roll, 4)}-${hex(roll, 4)}`,
    name: `${pick(VERBS, roll)}-${pick(NOUNS, roll)}`,
    status: pick(['open', 'closed', 'pending'], roll),
    amount: Math.floor(roll() * 100_000) / 100,
    tags: [pick(NOUNS, roll), pick(NOUNS, roll)],
    description: sentence(roll),
    updatedAt: 1_760_000_000_000 + Math.floor(roll() * 1e9),
  }))
}

function diff(roll: Dice): string {
  const file = path(roll)
  const head = `diff --git a/${file} b/${file}\nindex ${hex(roll, 7)}..${hex(roll, 7)} 100644\n--- a/${file}\n+++ b/${file}\n@@ -${digits(roll, 2)},6 +${digits(roll, 2)},9 @@`
  return `${head}\n${lines(size(roll, 6, 80), () => `${pick(['+', '-', ' ', ' '], roll)}${codeLine(roll)}`)}`
}

function path(roll: Dice): string {
  return `${pick(FOLDERS, roll)}/${noun(roll)}/${pick(VERBS, roll)}-${noun(roll)}.ts`
}

function symbol(roll: Dice): string {
  return `${pick(VERBS, roll)}${capital(noun(roll))}${roll() < 0.3 ? capital(noun(roll)) : ''}`
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1)
}

function digits(roll: Dice, count: number): string {
  return String(Math.floor(roll() * 10 ** count)).padStart(count, '0')
}

function hex(roll: Dice, count: number): string {
  return Array.from({ length: count }, () => Math.floor(roll() * 16).toString(16)).join('')
}

function lines(count: number, write: () => string): string {
  return Array.from({ length: count }, write).join('\n')
}
