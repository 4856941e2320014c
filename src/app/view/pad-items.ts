import type { Seq } from '../../core/session/message.ts'
import type { MemoryItem } from './memory-item.ts'

/** A value of an argument, or a piece of a text, and where it comes from. */
export interface PadPieceView {
  readonly from: string
  readonly value?: unknown
  readonly name?: string
  readonly step?: number
  readonly path?: string
}

export interface PadStepView {
  readonly tool: string
  readonly arguments: readonly { readonly path: string; readonly pieces: readonly PadPieceView[] }[]
}

/** An action pad: a sequence of tool calls that once worked. */
export interface PadView {
  readonly id: string
  readonly name: string
  readonly goal: string
  readonly steps: readonly PadStepView[]
  readonly sources: readonly Seq[]
  readonly uses: number
  readonly successes: number
  readonly failures: number
  readonly isDemoted: boolean
}

/** Most characters shown of one value. */
const MOST_SHOWN = 400

/**
 * Action pads as items: what each is for, its steps in order, and how it has done. Demoted ones last.
 *
 * @see SPEC.md rule APP66
 */
export function padItems(pads: readonly PadView[]): readonly MemoryItem[] {
  const sorted = pads.toSorted(
    (a, b) =>
      Number(a.isDemoted) - Number(b.isDemoted) || b.successes - a.successes || b.uses - a.uses,
  )
  return sorted.map((pad): MemoryItem => {
    const steps = pad.steps.map((step, at) => `${at + 1}. ${showStep(step)}`)
    return {
      id: pad.id,
      group: pad.isDemoted ? 'Demoted' : 'Offered',
      title: pad.name,
      detail: [pad.goal, ...steps].filter((line) => line !== '').join('\n'),
      sources: pad.sources,
      notes: [
        pad.uses === 0
          ? 'Not used again yet'
          : `Used ${times(pad.uses)}: ${pad.successes} worked, ${pad.failures} failed`,
      ],
      status: pad.isDemoted ? { tone: 'warn', text: 'demoted' } : null,
      actions: ['rename', 'delete'],
      editable: pad.name,
    }
  })
}

function times(count: number): string {
  return count === 1 ? 'once' : `${count} times`
}

/** `open $.id = result 1 $.items[0].id`: a step with where each of its arguments comes from. */
function showStep({ tool, arguments: own }: PadStepView): string {
  const shown = own.map(({ path, pieces }) => `${path} = ${pieces.map(showPiece).join(' + ')}`)
  return shown.length === 0 ? tool : `${tool} ${shown.join(', ')}`
}

function showPiece({ from, value, name, step, path = '' }: PadPieceView): string {
  if (from === 'constant') return showValue(value)
  if (name !== undefined) return `⟨${name}⟩`
  // A step is counted from 0, and told from 1 as it is numbered above.
  return [from, step === undefined ? '' : String(step + 1), path].filter(Boolean).join(' ')
}

function showValue(value: unknown): string {
  const text = JSON.stringify(value) ?? ''
  return text.length > MOST_SHOWN ? `${text.slice(0, MOST_SHOWN)}…` : text
}
