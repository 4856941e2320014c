import {
  PAD_BOUNDS,
  type PadContent,
  type PadParameter,
  type PadPiece,
  type PadStep,
} from './pad.ts'
import { findWords, freeName } from './trace-arguments.ts'

/**
 * Two runs of the same steps as one: what differed becomes a parameter, what was the same stays.
 *
 * @param known - The steps of the pad. Same shape as those of the run.
 * @see SPEC.md rule PAD6
 */
export function mergeSteps(
  known: Pick<PadContent, 'goal' | 'steps' | 'params'>,
  run: Pick<PadContent, 'goal' | 'steps' | 'params'>,
): Pick<PadContent, 'steps' | 'params'> {
  const params = new Params(known, run)
  const steps = known.steps.map((step, index): PadStep => {
    const own = new Map(run.steps[index]?.arguments.map(({ path, pieces }) => [path, pieces]))
    return {
      ...step,
      arguments: step.arguments.map(({ path, pieces }) => ({
        path,
        pieces: mergePieces(pieces, own.get(path) ?? pieces, path, params),
      })),
    }
  })
  return { steps, params: params.used(steps) }
}

function mergePieces(
  known: readonly PadPiece[],
  run: readonly PadPiece[],
  path: string,
  params: Params,
): readonly PadPiece[] {
  if (JSON.stringify(known) === JSON.stringify(run)) {
    // Alike by name, and maybe other values.
    for (const piece of run) if (piece.from === 'parameter') params.add(piece.name, piece.name)
    return known
  }
  const name = /([\w-]+)[^\w-]*$/.exec(path)?.[1] ?? 'value'
  const [one, other] = [inWords(known), inWords(run)]
  if (one.length !== other.length) {
    return [params.differing(name, writeValue(known), writeValue(run))]
  }
  const merged = one.map((piece, at) => mergePiece(piece, other[at] ?? piece, name, params))
  return joinConstants(merged)
}

function mergePiece(known: PadPiece, run: PadPiece, name: string, params: Params): PadPiece {
  if (known.from === 'secret' || run.from === 'secret') return { from: 'secret' }
  if (known.from === 'parameter') {
    if (run.from === 'parameter') params.add(known.name, run.name)
    else if (run.from === 'constant') params.addExample(known.name, String(run.value))
    return known
  }
  if (run.from === 'parameter') return params.adopt(run.name, writeValue([known]))
  if (JSON.stringify(known) === JSON.stringify(run)) return known
  // What the one run gave by itself, the other took from somewhere: that is where to look.
  if (known.from === 'constant' && run.from !== 'constant' && run.from !== 'artifact') return run
  if (known.from === 'result' || known.from === 'argument') return known
  return params.differing(name, writeValue([known]), writeValue([run]))
}

/** A single text in words, so that one that differs need not take the others with it. */
function inWords(pieces: readonly PadPiece[]): readonly PadPiece[] {
  return pieces.flatMap((piece): readonly PadPiece[] => {
    if (piece.from !== 'constant' || typeof piece.value !== 'string') return [piece]
    const words = piece.value.split(/(?<=\s)(?=\S)/)
    return words.map((value): PadPiece => ({ from: 'constant', value }))
  })
}

function joinConstants(pieces: readonly PadPiece[]): readonly PadPiece[] {
  const joined: PadPiece[] = []
  for (const piece of pieces) {
    const last = joined.at(-1)
    const isText = piece.from === 'constant' && typeof piece.value === 'string'
    if (isText && last?.from === 'constant' && typeof last.value === 'string') {
      joined[joined.length - 1] = { from: 'constant', value: `${last.value}${String(piece.value)}` }
    } else joined.push(piece)
  }
  return joined
}

function writeValue(pieces: readonly PadPiece[]): string | undefined {
  const texts = pieces.map((piece) => (piece.from === 'constant' ? String(piece.value) : undefined))
  return texts.includes(undefined) ? undefined : texts.join('')
}

type Content = Pick<PadContent, 'goal' | 'params'>

/** The parameters of a pad as another run is merged into it. */
class Params {
  private readonly byName: Map<string, PadParameter>
  private readonly ofRun: ReadonlyMap<string, PadParameter>
  private readonly known: Content
  private readonly run: Content
  /** Names given to pairs of values, so that the same pair is one parameter. */
  private readonly pairs = new Map<string, string>()

  constructor(known: Content, run: Content) {
    this.known = known
    this.run = run
    this.byName = new Map(known.params.map((param) => [param.name, param]))
    this.ofRun = new Map(run.params.map((param) => [param.name, param]))
  }

  /** What the run had for a parameter is one more example. */
  add(name: string, runName: string): void {
    const [param, own] = [this.byName.get(name), this.ofRun.get(runName)]
    if (!param || !own) return
    this.byName.set(name, {
      ...param,
      examples: newest([...param.examples, ...own.examples]),
      spans: [...param.spans, ...own.spans].slice(-PAD_BOUNDS.examples),
    })
  }

  addExample(name: string, example: string): void {
    const param = this.byName.get(name)
    if (!param) return
    const examples = newest([...param.examples, example.trim()])
    this.byName.set(name, { ...param, examples })
  }

  /** A parameter of the run, where the pad had something else. */
  adopt(runName: string, before: string | undefined): PadPiece {
    const own = this.ofRun.get(runName)
    const pair = `${before ?? ''}\n${runName}`
    const given = this.pairs.get(pair)
    if (given !== undefined) return { from: 'parameter', name: given }
    const name = freeName(runName, new Set(this.byName.keys()))
    this.pairs.set(pair, name)
    this.byName.set(name, {
      name,
      origin: 'request',
      examples: newest([
        ...(before === undefined ? [] : [before.trim()]),
        ...(own?.examples ?? []),
      ]),
      spans: own?.spans ?? [],
    })
    return { from: 'parameter', name }
  }

  /** A parameter for what differed: the user's words where both stand in the requests. */
  differing(name: string, before: string | undefined, now: string | undefined): PadPiece {
    const [one, other] = [before?.trim() ?? '', now?.trim() ?? '']
    const pair = `${one}\n${other}`
    const given = this.pairs.get(pair)
    if (given !== undefined && pair !== '\n') return { from: 'parameter', name: given }
    const free = freeName(name, new Set(this.byName.keys()))
    this.pairs.set(pair, free)
    const isSaid = isIn(this.known.goal, one) && isIn(this.run.goal, other)
    this.byName.set(free, {
      name: free,
      origin: isSaid ? 'request' : 'varies',
      examples: newest([one, other]),
      spans: [],
    })
    return { from: 'parameter', name: free }
  }

  /** Those that the steps name, in the order in which they came. */
  used(steps: readonly PadStep[]): readonly PadParameter[] {
    const named = new Set(
      steps.flatMap((step) =>
        step.arguments.flatMap(({ pieces }) =>
          pieces.flatMap((piece) => (piece.from === 'parameter' ? [piece.name] : [])),
        ),
      ),
    )
    return [...this.byName.values()].filter((param) => named.has(param.name))
  }
}

function isIn(goal: string, value: string): boolean {
  return value !== '' && findWords(goal.toLowerCase(), value.toLowerCase()) !== undefined
}

function newest(examples: readonly string[]): readonly string[] {
  const fitting = examples.filter((one) => one !== '' && one.length <= PAD_BOUNDS.exampleLength)
  return [...new Set(fitting)].slice(-PAD_BOUNDS.examples)
}
