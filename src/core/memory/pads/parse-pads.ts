import { oneLine } from '../../compaction/digest-text.ts'
import {
  PAD_BOUNDS,
  type Pad,
  type PadArgument,
  type PadContent,
  type PadParameter,
  type PadPiece,
  type PadStep,
} from './pad.ts'
import { padTerms } from './pad-terms.ts'
import { preconditionsOf } from './preconditions.ts'
import { BLANK, blankSecrets } from './secrets.ts'

/** Longest file of pads that is read, in UTF-16 code units. */
const MAX_FILE_LENGTH = 2_000_000
const FORMAT = 'backfold-pads'
const VERSION = 1

/** A pad as a file has it: what it says, without what became of it here. */
export interface PadFileEntry extends Omit<PadContent, 'terms'> {
  readonly name: string
}

export type ParsedPads =
  | { readonly kind: 'parsed'; readonly pads: readonly PadFileEntry[] }
  | { readonly kind: 'refused'; readonly reason: string }

/** Writes pads as a file that {@link parsePadFile} reads. */
export function writePadFile(pads: readonly Pad[]): string {
  const entries = pads.map(({ name, goal, params, steps, preconditions, outcome }) => ({
    name,
    goal,
    params: params.map((param) => ({ ...param, spans: [] })),
    steps: steps.map(withoutPlaces),
    preconditions,
    outcome,
  }))
  return JSON.stringify({ format: FORMAT, version: VERSION, pads: entries }, null, 2)
}

/** Places in this session's log mean nothing elsewhere. */
function withoutPlaces(step: PadStep): PadStep {
  const strip = (piece: PadPiece): PadPiece =>
    piece.from === 'artifact'
      ? { from: 'artifact', artifact: piece.artifact, length: piece.length }
      : piece
  return {
    ...step,
    arguments: step.arguments.map(({ path, pieces }) => ({ path, pieces: pieces.map(strip) })),
  }
}

/**
 * Reads a file of pads. Total: whatever it holds, it is read whole or refused with the place of the first thing that is
 * wrong. Members that are not known are refused too, and what looks like a secret is blanked out.
 *
 * @see SPEC.md rules PAD5, PAD11
 */
export function parsePadFile(text: unknown): ParsedPads {
  if (typeof text !== 'string') return { kind: 'refused', reason: 'the file must be JSON text' }
  if (text.length > MAX_FILE_LENGTH) {
    return { kind: 'refused', reason: `the file is longer than ${MAX_FILE_LENGTH} characters` }
  }
  let root: unknown
  try {
    root = JSON.parse(text)
  } catch {
    return { kind: 'refused', reason: 'the file is no JSON' }
  }
  return guarded(() => {
    const file = members(root, 'the file', ['format', 'version', 'pads'])
    if (file['format'] !== FORMAT) refuse('format', `"${FORMAT}"`)
    if (file['version'] !== VERSION) refuse('version', String(VERSION))
    return list(file['pads'], 'pads', 1, PAD_BOUNDS.rows).map((entry, at) => {
      return readEntry(entry, `pads[${at}]`)
    })
  })
}

/** Reads what a person made of a pad's goal and steps. As strict as for a file. */
export function parseEdit(pad: Pad, goal: unknown, steps: unknown): ParsedPads {
  return guarded(() => [
    readEntry(
      {
        name: pad.name,
        goal: goal ?? pad.goal,
        params: pad.params,
        steps: steps ?? pad.steps,
        preconditions: steps === undefined ? pad.preconditions : [],
        outcome: pad.outcome,
      },
      'pad',
    ),
  ])
}

/** The words by which an entry is found. */
export function termsOf({ goal, params }: PadFileEntry): readonly string[] {
  return padTerms(
    goal,
    params.flatMap(({ examples }) => examples),
  )
}

function guarded(read: () => readonly PadFileEntry[]): ParsedPads {
  try {
    return { kind: 'parsed', pads: read() }
  } catch (failure) {
    if (failure instanceof Refusal) return { kind: 'refused', reason: failure.message }
    throw failure
  }
}

/** Ends the reading of one file, here and nowhere else. */
class Refusal extends Error {}

function refuse(place: string, expected: string): never {
  throw new Refusal(`${place} must be ${expected}`)
}

function readEntry(given: unknown, place: string): PadFileEntry {
  const known = ['name', 'goal', 'params', 'steps', 'preconditions', 'outcome']
  const entry = members(given, place, known)
  const name = line(entry['name'], `${place}.name`, 1, PAD_BOUNDS.nameLength)
  const goal = line(entry['goal'], `${place}.goal`, 1, PAD_BOUNDS.goalLength)
  const params = list(entry['params'], `${place}.params`, 0, PAD_BOUNDS.params).map((param, at) =>
    readParam(param, `${place}.params[${at}]`),
  )
  const names = new Set(params.map((param) => param.name))
  if (names.size < params.length) refuse(`${place}.params`, 'of different names')
  const { leastSteps, steps: most } = PAD_BOUNDS
  const steps = list(entry['steps'], `${place}.steps`, leastSteps, most).map((step, at) =>
    readStep(step, `${place}.steps[${at}]`, at + 1, names),
  )
  const own = list(entry['preconditions'], `${place}.preconditions`, 0, PAD_BOUNDS.preconditions)
  const preconditions = own.map((text, at) =>
    line(text, `${place}.preconditions[${at}]`, 1, PAD_BOUNDS.preconditionLength),
  )
  const outcome = line(entry['outcome'], `${place}.outcome`, 0, PAD_BOUNDS.outcomeLength + 1)
  const read = { name, goal, params, steps, outcome }
  const whole = {
    ...read,
    preconditions: preconditions.length > 0 ? preconditions : preconditionsOf(steps),
  }
  if (JSON.stringify(whole).length > PAD_BOUNDS.size) {
    refuse(place, `at most ${PAD_BOUNDS.size} characters`)
  }
  return whole
}

function readParam(given: unknown, place: string): PadParameter {
  const param = members(given, place, ['name', 'origin', 'examples', 'spans'])
  const name = line(param['name'], `${place}.name`, 1, 60)
  if (!/^[\w-]+$/.test(name)) refuse(`${place}.name`, 'of letters, digits, _ and -')
  const origin = oneOf(param['origin'], `${place}.origin`, ['request', 'varies'])
  const examples = list(param['examples'], `${place}.examples`, 0, PAD_BOUNDS.examples)
  const spans = list(param['spans'] ?? [], `${place}.spans`, 0, PAD_BOUNDS.examples)
  return {
    name,
    origin,
    examples: examples.map((example, at) =>
      line(example, `${place}.examples[${at}]`, 1, PAD_BOUNDS.exampleLength),
    ),
    spans: spans.map((given, at) => {
      const own = `${place}.spans[${at}]`
      const span = members(given, own, ['seq', 'from', 'to'])
      return {
        seq: whole(span['seq'], `${own}.seq`, 1),
        from: whole(span['from'], `${own}.from`, 0),
        to: whole(span['to'], `${own}.to`, 0),
      }
    }),
  }
}

/** @param number - Of the step, from 1: it may name earlier ones only. */
function readStep(
  given: unknown,
  place: string,
  number: number,
  names: ReadonlySet<string>,
): PadStep {
  const step = members(given, place, ['tool', 'does', 'arguments'])
  const own = list(step['arguments'], `${place}.arguments`, 0, PAD_BOUNDS.argumentsPerStep)
  return {
    tool: line(step['tool'], `${place}.tool`, 1, PAD_BOUNDS.toolLength),
    does: oneOf(step['does'], `${place}.does`, ['read', 'change', 'command']),
    arguments: own.map((argument, at): PadArgument => {
      const inner = `${place}.arguments[${at}]`
      const { path, pieces } = members(argument, inner, ['path', 'pieces'])
      return {
        path: line(path, `${inner}.path`, 1, PAD_BOUNDS.pathLength),
        pieces: list(pieces, `${inner}.pieces`, 1, PAD_BOUNDS.pieces * 2).flatMap((piece, index) =>
          readPiece(piece, `${inner}.pieces[${index}]`, number, names),
        ),
      }
    }),
  }
}

function readPiece(
  given: unknown,
  place: string,
  number: number,
  names: ReadonlySet<string>,
): readonly PadPiece[] {
  const kinds = ['constant', 'parameter', 'result', 'argument', 'artifact', 'secret'] as const
  const { from } = object(given, place)
  const kind = oneOf(from, `${place}.from`, kinds)
  switch (kind) {
    case 'constant':
      return readConstant(members(given, place, ['from', 'value'])['value'], `${place}.value`)
    case 'parameter': {
      const name = members(given, place, ['from', 'name'])['name']
      if (typeof name !== 'string' || !names.has(name)) refuse(`${place}.name`, 'one of params')
      return [{ from: 'parameter', name: String(name) }]
    }
    case 'result':
    case 'argument': {
      const own = members(given, place, ['from', 'step', 'path'])
      const step = whole(own['step'], `${place}.step`, 1)
      if (step >= number) refuse(`${place}.step`, `an earlier step than ${number}`)
      return [
        { from: kind, step, path: line(own['path'], `${place}.path`, 0, PAD_BOUNDS.pathLength) },
      ]
    }
    case 'artifact': {
      const own = members(given, place, ['from', 'artifact', 'length', 'seq', 'part'])
      const artifact = line(own['artifact'], `${place}.artifact`, 12, 64)
      if (!/^[0-9a-f]+$/.test(artifact)) refuse(`${place}.artifact`, 'a hash')
      return [
        {
          from: 'artifact',
          artifact,
          length: whole(own['length'], `${place}.length`, 0),
          ...(own['seq'] === undefined ? {} : { seq: whole(own['seq'], `${place}.seq`, 1) }),
          ...(own['part'] === undefined ? {} : { part: whole(own['part'], `${place}.part`, 0) }),
        },
      ]
    }
    case 'secret':
      members(given, place, ['from'])
      return [{ from: 'secret' }]
  }
}

function readConstant(value: unknown, place: string): readonly PadPiece[] {
  if (value === null || typeof value === 'boolean') return [{ from: 'constant', value }]
  if (typeof value === 'number' && Number.isFinite(value)) return [{ from: 'constant', value }]
  if (typeof value !== 'string' || value.length > PAD_BOUNDS.valueLength) {
    refuse(place, `a value of at most ${PAD_BOUNDS.valueLength} characters`)
  }
  const blanked = blankSecrets(value.toWellFormed())
  return blanked === BLANK ? [{ from: 'secret' }] : [{ from: 'constant', value: blanked }]
}

type Members = Readonly<Record<string, unknown>>

function object(given: unknown, place: string): Members {
  if (typeof given === 'object' && given !== null && !Array.isArray(given)) return given as Members
  return refuse(place, 'an object')
}

/** The members of an object that has no others than these. */
function members(given: unknown, place: string, known: readonly string[]): Members {
  const own = object(given, place)
  const stranger = Object.keys(own).find((name) => !known.includes(name))
  if (stranger !== undefined) {
    refuse(
      `${place}: ${oneLine(stranger.slice(0, 40)).toWellFormed()}`,
      `one of ${known.join(', ')}`,
    )
  }
  return Object.fromEntries(
    known.flatMap((name) => (Object.hasOwn(own, name) ? [[name, own[name]]] : [])),
  )
}

function list(given: unknown, place: string, least: number, most: number): readonly unknown[] {
  const isWithin = Array.isArray(given) && given.length >= least && given.length <= most
  return isWithin ? given : refuse(place, `a list of ${least} to ${most}`)
}

/** A text on one line, without secrets. */
function line(given: unknown, place: string, least: number, most: number): string {
  if (typeof given !== 'string' || given.length > most) {
    return refuse(place, `a text of ${least} to ${most} characters`)
  }
  const text = oneLine(blankSecrets(given)).toWellFormed()
  return text.length < least ? refuse(place, `a text of ${least} to ${most} characters`) : text
}

function whole(given: unknown, place: string, least: number): number {
  const isWhole = typeof given === 'number' && Number.isSafeInteger(given) && given >= least
  return isWhole ? given : refuse(place, `a whole number from ${least}`)
}

function oneOf<const Word extends string>(
  given: unknown,
  place: string,
  words: readonly Word[],
): Word {
  return words.find((word) => word === given) ?? refuse(place, `one of ${words.join(', ')}`)
}
