import { hashText } from '../../session/chain.ts'
import { textOf, type Message } from '../../session/message.ts'
import type { MadeCall } from './find-stretches.ts'
import { readLeaves, type Leaf } from './leaves.ts'
import {
  PAD_BOUNDS,
  type PadArgument,
  type PadParameter,
  type PadPiece,
  type PadSpan,
  type PadStep,
} from './pad.ts'
import { BLANK, blankSecrets, isSecret, isSecretName } from './secrets.ts'
import { tellingWordsIn } from './telling-words.ts'

/** Longest beginning of a request in which values are looked for. */
const MAX_REQUEST_LENGTH = 8_000
/** Of a result, so much text and so many values are looked through. */
const MAX_RESULT_LENGTH = 50_000
const MAX_RESULT_VALUES = 600

export interface TracedSteps {
  readonly steps: readonly PadStep[]
  readonly params: readonly PadParameter[]
}

/**
 * Steps with where each value came from: what the user said, what an earlier step gave or was given, in the order of
 * time; everything else is a constant. Linear.
 *
 * @see SPEC.md rules PAD4, PAD5
 */
export function traceArguments(request: Message, calls: readonly MadeCall[]): TracedSteps {
  const said = new SaidValues(request)
  const earlier = new Map<string, PadPiece>()
  const steps = calls.map((made, index): PadStep => {
    const leaves = readLeaves(made.call.input, PAD_BOUNDS.argumentsPerStep, false)
    const own = leaves ? leaves.map((leaf) => traceLeaf(leaf, made, said, earlier)) : []
    if (!leaves) own.push(traceWhole(made, said, earlier))
    const step = index + 1
    for (const { path, name, value } of leaves ?? []) {
      remember(earlier, name, value, { from: 'argument', step, path })
    }
    rememberResult(earlier, made.output, step)
    return { tool: made.call.name, does: made.does, arguments: own }
  })
  return { steps, params: said.params() }
}

function traceLeaf(
  { path, name, value }: Leaf,
  made: MadeCall,
  said: SaidValues,
  earlier: ReadonlyMap<string, PadPiece>,
): PadArgument {
  if (path.length > PAD_BOUNDS.pathLength) return { path: '$', pieces: [artifactOf(made)] }
  if (typeof value === 'boolean' || value === null) {
    return { path, pieces: [{ from: 'constant', value }] }
  }
  const given = String(value)
  const text = given.length > PAD_BOUNDS.valueLength ? given : blankSecrets(given)
  if (text === BLANK || isSecretName(name, given)) return { path, pieces: [{ from: 'secret' }] }
  const whole = said.find(text, name) ?? earlier.get(text)
  if (whole) return { path, pieces: [whole] }
  if (text.length > PAD_BOUNDS.valueLength) {
    return { path, pieces: [{ ...artifactOf(made), length: text.length }] }
  }
  if (typeof value === 'number') return { path, pieces: [{ from: 'constant', value }] }
  return { path, pieces: tracePieces(text, said, earlier).flatMap(withoutBlanks) }
}

/** A constant with secrets that were blanked out in it, as pieces. */
function withoutBlanks(piece: PadPiece): readonly PadPiece[] {
  if (piece.from !== 'constant' || typeof piece.value !== 'string') return [piece]
  const parts = piece.value.split(BLANK)
  return parts.flatMap((value, index): readonly PadPiece[] => [
    ...(index > 0 ? [{ from: 'secret' } as const] : []),
    ...(value !== '' || parts.length === 1 ? [{ from: 'constant', value } as const] : []),
  ])
}

/** Arguments that are no JSON object, or of too many values: one value. */
function traceWhole(
  made: MadeCall,
  said: SaidValues,
  earlier: ReadonlyMap<string, PadPiece>,
): PadArgument {
  const { input } = made.call
  const isShort = input.length <= PAD_BOUNDS.valueLength
  if (!isShort || /^\s*[[{]/.test(input)) return { path: '$', pieces: [artifactOf(made)] }
  return traceLeaf({ path: '$', name: '', value: input }, made, said, earlier)
}

function artifactOf({ seq, part, call }: MadeCall): Extract<PadPiece, { from: 'artifact' }> {
  const { input } = call
  return { from: 'artifact', artifact: hashText(input), length: input.length, seq, part }
}

/** A text cut at the telling words in it that were said or given before. */
function tracePieces(
  text: string,
  said: SaidValues,
  earlier: ReadonlyMap<string, PadPiece>,
): readonly PadPiece[] {
  const pieces: PadPiece[] = []
  let done = 0
  const keep = (to: number): void => {
    if (to > done) pieces.push({ from: 'constant', value: text.slice(done, to) })
  }
  for (const { word, from } of tellingWordsIn(text, 200)) {
    if (pieces.length >= PAD_BOUNDS.pieces - 2) break
    const found = said.find(word, nameOf(word)) ?? earlier.get(word)
    if (!found) continue
    keep(from)
    pieces.push(found)
    done = from + word.length
  }
  keep(text.length)
  return pieces.length > 0 ? pieces : [{ from: 'constant', value: text }]
}

function nameOf(word: string): string {
  if (/^\d+$/.test(word)) return 'number'
  return /[/\\]|\.\w{1,5}$/.test(word) ? 'path' : 'value'
}

/** What was known first is where a value came from: a result that repeats its arguments gives nothing new. */
function remember(
  earlier: Map<string, PadPiece>,
  name: string,
  value: Leaf['value'],
  piece: PadPiece,
): void {
  if (typeof value !== 'string' && typeof value !== 'number') return
  const text = String(value)
  const isTelling = text.length >= (typeof value === 'number' ? 2 : 3)
  if (!isTelling || text.length > PAD_BOUNDS.exampleLength || earlier.has(text)) return
  if ('path' in piece && piece.path.length > PAD_BOUNDS.pathLength) return
  if (!isSecret(name, text)) earlier.set(text, piece)
}

function rememberResult(earlier: Map<string, PadPiece>, output: string, step: number): void {
  const leaves = readLeaves(output, MAX_RESULT_VALUES, true)
  if (leaves) {
    for (const { path, name, value } of leaves) {
      remember(earlier, name, value, { from: 'result', step, path })
    }
    return
  }
  const whole = output.trim()
  if (whole.length <= PAD_BOUNDS.exampleLength) {
    remember(earlier, '', whole, { from: 'result', step, path: '$' })
  }
  for (const { word } of tellingWordsIn(output.slice(0, MAX_RESULT_LENGTH), MAX_RESULT_VALUES)) {
    remember(earlier, '', word, { from: 'result', step, path: '' })
  }
}

/** The text of a request in which values are looked for; spans count in it. */
export function requestText({ parts }: Pick<Message, 'parts'>): string {
  const text = textOf({ parts: parts.filter(({ type }) => type === 'text') })
  return text.slice(0, MAX_REQUEST_LENGTH)
}

/** Values that stand in the user's request, each a parameter of its own. */
class SaidValues {
  private readonly seq: number
  private readonly text: string
  private readonly found = new Map<string, PadParameter | undefined>()
  private readonly names = new Set<string>()

  constructor(request: Message) {
    this.seq = request.seq
    // The same length, so that places are those of the text; letters of which lower case has two stay.
    const text = requestText(request)
    const lower = text.toLowerCase()
    this.text = lower.length === text.length ? lower : text
  }

  /** The parameter for a value that the user said as words of its own. */
  find(value: string, name: string): PadPiece | undefined {
    const wanted = value.trim()
    if (wanted.length < 2 || wanted.length > PAD_BOUNDS.exampleLength) return undefined
    const key = wanted.toLowerCase()
    if (!this.found.has(key)) this.found.set(key, this.look(wanted, key, name))
    const param = this.found.get(key)
    // White space around it is not worth a constant of its own.
    return param && value === wanted ? { from: 'parameter', name: param.name } : undefined
  }

  params(): readonly PadParameter[] {
    return [...this.found.values()].flatMap((param) => param ?? [])
  }

  private look(value: string, key: string, name: string): PadParameter | undefined {
    const span = findWords(this.text, key)
    if (!span || this.names.size >= PAD_BOUNDS.params) return undefined
    const free = freeName(name, this.names)
    this.names.add(free)
    const spans: readonly PadSpan[] = [{ seq: this.seq, ...span }]
    return { name: free, origin: 'request', examples: [value], spans }
  }
}

/** A name of letters, digits, `_` and `-` that is not taken yet. */
export function freeName(wanted: string, taken: ReadonlySet<string>): string {
  const base = wanted.replace(/[^\w-]+/g, '_').slice(0, 40) || 'value'
  if (!taken.has(base)) return base
  for (let count = 2; ; count += 1) {
    if (!taken.has(`${base}_${count}`)) return `${base}_${count}`
  }
}

/** Places tried of a value that stands within other words everywhere. */
const MAX_TRIES = 20

/** Where a text stands in another as words of its own. */
export function findWords(
  text: string,
  wanted: string,
): { readonly from: number; readonly to: number } | undefined {
  let from = text.indexOf(wanted)
  for (let tried = 0; from !== -1 && tried < MAX_TRIES; tried += 1) {
    const to = from + wanted.length
    if (isEdge(text, from) && isEdge(text, to)) return { from, to }
    from = text.indexOf(wanted, from + 1)
  }
  return undefined
}

/** Whether a place is not within a word. Scripts without spaces have edges everywhere. */
function isEdge(text: string, at: number): boolean {
  const [before, behind] = [text[at - 1] ?? ' ', text[at] ?? ' ']
  return !(/[\p{L}\p{N}_]/u.test(before) && /[\p{L}\p{N}_]/u.test(behind)) || behind >= '\u2e80'
}
