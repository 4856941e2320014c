import { oneLine } from '../../compaction/digest-text.ts'
import { shorten } from '../sentences.ts'
import { PAD_BOUNDS, type PadArgument, type PadPiece, type PadStep } from './pad.ts'

/** Arguments that name something which is there already. */
const NAMES_SOMETHING =
  /(?:path|file|filename|dir|directory|folder|url|uri|id|key|ref|branch|name)$/i
/** What makes something new needs nothing that is there. */
const MAKES = /create|write|new|add|insert|send|book/i

/**
 * What has to be so before the first step: what the first steps look at, and the files and ids that are named by
 * neither an earlier step's result nor its arguments.
 *
 * @see SPEC.md rule PAD4
 */
export function preconditionsOf(steps: readonly PadStep[]): readonly string[] {
  const found = new Set<string>()
  const firstDoing = steps.findIndex(({ does }) => does !== 'read')
  for (const step of firstDoing === -1 ? steps.slice(0, 1) : steps.slice(0, firstDoing)) {
    found.add(`${step.tool} is looked at first: ${step.arguments.map(writeArgument).join(', ')}`)
  }
  for (const step of steps) {
    if (MAKES.test(step.tool)) continue
    for (const { path, pieces } of step.arguments) {
      const isGiven = pieces.every(({ from }) => from === 'constant' || from === 'parameter')
      if (isGiven && NAMES_SOMETHING.test(path)) found.add(`${writePieces(pieces)} exists`)
    }
  }
  return [...found]
    .slice(0, PAD_BOUNDS.preconditions)
    .map((text) => shorten(text, PAD_BOUNDS.preconditionLength))
}

function writeArgument({ path, pieces }: PadArgument): string {
  return `${path} = ${writePieces(pieces)}`
}

/** A value as one line: constants as they are, everything else in braces. */
export function writePieces(pieces: readonly PadPiece[]): string {
  return oneLine(pieces.map(writePiece).join(''))
}

function writePiece(piece: PadPiece): string {
  switch (piece.from) {
    case 'constant':
      return String(piece.value)
    case 'parameter':
      return `{${piece.name}}`
    case 'result': {
      const place = piece.path === '' ? 'found in' : piece.path === '$' ? 'the' : `${piece.path} of`
      return `{${place} result of step ${piece.step}}`
    }
    case 'argument':
      return `{${piece.path} of step ${piece.step}}`
    case 'artifact': {
      const where = piece.seq === undefined ? '' : `, message ${piece.seq}, part ${piece.part}`
      return `{text of ${piece.length} characters, artifact ${piece.artifact.slice(0, 12)}${where}}`
    }
    case 'secret':
      return '{a secret that is not stored}'
  }
}
