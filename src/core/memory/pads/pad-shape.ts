import { hashText } from '../../session/chain.ts'
import { commandPrograms } from './command-programs.ts'
import type { PadArgument, PadStep } from './pad.ts'

/** What stands for everything that is no constant. No program is called so. */
const HOLE = '\u0000'

/**
 * Same for steps that call the same tools with the same arguments, whatever their values; of a command the programs
 * it runs count.
 *
 * @see SPEC.md rule PAD6
 */
export function padShape(steps: readonly PadStep[]): string {
  const shape = steps.map(({ tool, does, arguments: own }) => [
    tool,
    own
      .map((argument) => [argument.path, ...(does === 'command' ? programsOf(argument) : [])])
      .toSorted(([a = ''], [b = '']) => (a < b ? -1 : 1)),
  ])
  return hashText(JSON.stringify(shape)).slice(0, 32)
}

function programsOf({ path, pieces }: PadArgument): readonly string[] {
  if (!/\.(?:command|cmd)$/.test(path)) return []
  const text = pieces
    .map((piece) => (piece.from === 'constant' ? String(piece.value) : HOLE))
    .join('')
  return commandPrograms(text).filter((program) => !program.includes(HOLE))
}
