import { readParts } from '../../../src/adapters/canonical-parts.ts'
import { partText } from '../../../src/core/session/message.ts'
import type { Captured, SiteTurn } from '../../sites/site.ts'

const MOST_TURNS = 20_000
/** Longest id of a turn or conversation, in characters. */
const MOST_ID = 300

/** Whether a capture has the shape that it should have: it came from a page. */
export function isReadable(captured: Captured): boolean {
  const { conversation, turns } = captured
  if (!isId(conversation) || !Array.isArray(turns)) return false
  if (turns.length === 0 || turns.length > MOST_TURNS) return false
  return turns.every(isTurn) && new Set(turns.map(({ id }: SiteTurn) => id)).size === turns.length
}

/** Characters of what a readable capture says. */
export function sizeOfCapture({ turns }: Captured): number {
  let size = 0
  for (const { parts } of turns) for (const part of parts) size += partText(part).length
  return size
}

function isTurn(turn: SiteTurn | null): boolean {
  if (typeof turn !== 'object' || turn === null || !isId(turn.id)) return false
  if (turn.role !== 'user' && turn.role !== 'assistant') return false
  if (turn.parent !== undefined && turn.parent !== null && !isId(turn.parent)) return false
  if (turn.at !== undefined && !Number.isFinite(turn.at)) return false
  try {
    readParts(turn.parts, turn.role, 'turn')
    return true
  } catch {
    return false
  }
}

function isId(id: unknown): boolean {
  return typeof id === 'string' && id !== '' && id.length <= MOST_ID
}
