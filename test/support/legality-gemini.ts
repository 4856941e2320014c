/**
 * What Gemini refuses in `contents`, as far as it can be told from a request alone. Written from its documentation
 * and error messages, and on purpose without a line of the adapters' code.
 */

type Fields = Readonly<Record<string, unknown>>

interface Turn {
  readonly role: 'user' | 'model'
  readonly parts: readonly Fields[]
  readonly at: number
}

const DATA = [
  'text',
  'functionCall',
  'functionResponse',
  'inlineData',
  'fileData',
  'executableCode',
  'codeExecutionResult',
]

/** Everything that Gemini would refuse in a list of contents; empty if it is legal. */
export function findGeminiFaults(contents: readonly unknown[]): readonly string[] {
  const faults: string[] = []
  const ids = new Set<unknown>()
  const turns = turnsOf(contents, faults)
  if (turns[0]?.role === 'model') faults.push('contents[0]: the model speaks first')
  for (const [i, { role, parts, at }] of turns.entries()) {
    const fault = (text: string): number => faults.push(`contents[${at}]: ${text}`)
    for (const part of parts) for (const text of partFaults(part, role)) fault(text)
    const before = turns[i - 1]
    const calls = before === undefined ? [] : before.parts.flatMap((part) => bodyOf(part, 'Call'))
    const responses = parts.flatMap((part) => bodyOf(part, 'Response'))
    for (const { id } of parts.flatMap((part) => bodyOf(part, 'Call'))) {
      if (id !== undefined && ids.has(id)) fault('a call id comes twice')
      ids.add(id)
    }
    if (responses.length !== calls.length) {
      fault(`${responses.length} responses to ${calls.length} calls`)
      continue
    }
    const names = (list: readonly Fields[]): string =>
      list
        .map(({ name }) => String(name))
        .toSorted()
        .join()
    if (names(calls) !== names(responses)) fault('responses under other names')
    const known = new Set(calls.map(({ id }) => id))
    if (responses.some(({ id }) => id !== undefined && !known.has(id)))
      fault('a response to no call')
    if (role === 'user' && before?.role === 'user' && bodiesIn(before) === 0) {
      fault('two contents of the user')
    }
    const marks = (name: string): number => parts.filter((part) => name in part).length
    if (marks('executableCode') !== marks('codeExecutionResult')) fault('code without its result')
  }
  return faults
}

/** Contents of the model in a row count as one: official clients keep every chunk of a stream as one. */
function turnsOf(contents: readonly unknown[], faults: string[]): readonly Turn[] {
  const turns: { role: Turn['role']; parts: Fields[]; at: number }[] = []
  for (const [at, content] of contents.entries()) {
    const parts = isFields(content) && Array.isArray(content['parts']) ? content['parts'] : []
    const role = isFields(content) ? content['role'] : undefined
    if (parts.length === 0 || !parts.every(isFields)) faults.push(`contents[${at}]: no parts`)
    if (role !== 'user' && role !== 'model') {
      faults.push(`contents[${at}]: role ${String(role)}`)
      continue
    }
    const before = turns.at(-1)
    if (role === 'model' && before?.role === 'model') before.parts.push(...parts.filter(isFields))
    else turns.push({ role, parts: parts.filter(isFields), at })
  }
  return turns
}

function bodiesIn({ parts }: Turn): number {
  return parts.flatMap((part) => bodyOf(part, 'Response')).length
}

function bodyOf(part: Fields, kind: 'Call' | 'Response'): readonly Fields[] {
  const body = part[`function${kind}`]
  return isFields(body) ? [body] : []
}

function partFaults(part: Fields, role: Turn['role']): readonly string[] {
  const faults: string[] = []
  const kinds = DATA.filter((field) => field in part)
  if (kinds.length !== 1) faults.push(`a part of ${kinds.length} kinds`)
  if (part['text'] === '' && !('thoughtSignature' in part)) faults.push('an empty text')
  if ('functionCall' in part && role !== 'model') faults.push('a call of the user')
  if ('functionResponse' in part && role !== 'user') faults.push('a response of the model')
  for (const body of [...bodyOf(part, 'Call'), ...bodyOf(part, 'Response')]) {
    const { name, args, response } = body
    if (!/^[a-zA-Z_][a-zA-Z0-9_.:-]{0,63}$/.test(String(name))) faults.push(`name ${String(name)}`)
    const data = 'functionCall' in part ? args : response
    if (data !== undefined && !isFields(data)) faults.push('arguments or response are no object')
  }
  return faults
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
