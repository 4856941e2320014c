import type { Draft, Part } from '../../core/session/message.ts'
import type { LogItem } from '../run/message-log.ts'
import { OUTPUT_HEAD, PROSE_HEAD } from './text-pages.ts'

/** What a message is called in the list. */
export function speakerOf({ draft, origin }: Pick<LogItem, 'draft' | 'origin'>): string {
  if (origin === 'person') return 'You'
  if (draft.name !== undefined && draft.name !== '') return draft.name
  const roles = { system: 'System', user: 'User', assistant: 'Assistant', tool: 'Tool' } as const
  return roles[draft.role]
}

/** Where a message stands: in the context word for word, with stubs, folded away, or left behind. */
export type Standing = 'pending' | 'verbatim' | 'stubbed' | 'folded' | 'pinned' | 'left-behind'

export const STANDING_NAMES: Readonly<Record<Standing, string>> = {
  pending: 'on its way',
  verbatim: '',
  stubbed: 'payload moved out',
  folded: 'folded',
  pinned: 'pinned',
  'left-behind': 'off the active path',
}

/** @see SPEC.md rule APP51 */
export function standingOf(
  item: Pick<LogItem, 'seq' | 'active'>,
  mark: number,
  pins: ReadonlySet<number>,
  stubbed: ReadonlySet<number>,
): Standing {
  if (item.seq === null) return 'pending'
  if (!item.active) return 'left-behind'
  if (pins.has(item.seq)) return 'pinned'
  if (item.seq <= mark) return 'folded'
  return stubbed.has(item.seq) ? 'stubbed' : 'verbatim'
}

/**
 * Height that a message will probably have, in pixels, for the list before it is drawn.
 *
 * @param width - Width of the list in pixels.
 */
export function estimateHeight(draft: Draft, width: number): number {
  const perLine = Math.max(20, (width - 90) / 7.4)
  return 46 + draft.parts.reduce((sum, part) => sum + partHeight(part, perLine), 0)
}

function partHeight(part: Part, perLine: number): number {
  if (part.type === 'text') return textHeight(part.text, perLine, PROSE_HEAD) * 22 + 8
  if (part.type === 'tool-result') return textHeight(part.output, perLine, OUTPUT_HEAD) * 18 + 46
  return 40
}

function textHeight(text: string, perLine: number, head: { lines: number; chars: number }): number {
  const shown = text.slice(0, head.chars).split('\n').slice(0, head.lines)
  return shown.reduce((sum, line) => sum + Math.max(1, Math.ceil(line.length / perLine)), 0)
}
