import type { PadPiece, PadStep } from '../../core/memory/pads/pad.ts'
import type { PadEntry } from '../../protocol/pads.ts'
import type { MemoryItem } from './memory-item.ts'

/** Most characters shown of one value. */
const MOST_SHOWN = 400

/**
 * Action pads as items: what each is for, its steps in order, and how it has done. Demoted ones last.
 *
 * @see SPEC.md rule APP66
 */
export function padItems(pads: readonly PadEntry[]): readonly MemoryItem[] {
  const sorted = pads.toSorted(
    (a, b) =>
      Number(a.isDemoted) - Number(b.isDemoted) || b.successes - a.successes || b.uses - a.uses,
  )
  return sorted.map((pad): MemoryItem => {
    const steps = pad.steps.map((step, at) => `${at + 1}. ${showStep(step)}`)
    return {
      id: String(pad.n),
      group: pad.isDemoted ? 'Demoted' : 'Offered',
      title: pad.name,
      detail: [pad.goal, ...steps].filter((line) => line !== '').join('\n'),
      sources: pad.sources,
      notes: [
        pad.uses === 0
          ? 'Not used again yet'
          : `Used ${times(pad.uses)}: ${pad.successes} worked, ${pad.failures} failed`,
        ...(pad.origin === 'imported' ? ['imported'] : []),
        ...(pad.isEdited ? ['edited by hand'] : []),
      ],
      status: pad.isDemoted ? { tone: 'warn', text: 'demoted' } : null,
      actions: ['rename', 'edit', 'delete'],
      editable: { rename: pad.name, edit: pad.goal },
    }
  })
}

function times(count: number): string {
  return count === 1 ? 'once' : `${count} times`
}

/** `open $.id = result 1 $.items[0].id`: a step with where each of its arguments comes from. */
function showStep({ tool, arguments: own }: PadStep): string {
  const shown = own.map(({ path, pieces }) => `${path} = ${pieces.map(showPiece).join(' + ')}`)
  return shown.length === 0 ? tool : `${tool} ${shown.join(', ')}`
}

function showPiece(piece: PadPiece): string {
  switch (piece.from) {
    case 'constant':
      return showValue(piece.value)
    case 'parameter':
      return `⟨${piece.name}⟩`
    case 'result':
    case 'argument':
      // A step is counted from 0, and told from 1 as it is numbered above.
      return `${piece.from} ${piece.step + 1} ${piece.path}`.trimEnd()
    case 'artifact':
    case 'secret':
      return piece.from
  }
}

function showValue(value: unknown): string {
  const text = JSON.stringify(value) ?? ''
  return text.length > MOST_SHOWN ? `${text.slice(0, MOST_SHOWN)}…` : text
}
