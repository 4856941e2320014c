import { textOf } from '../../core/session/message.ts'
import type { FoundNode } from '../../core/transfer/conversation.ts'

/** Characters of a title that is made from what was said. */
const MADE_LENGTH = 80
/** Most characters of a title that the file has. */
const MAX_LENGTH = 500

/** The title of a conversation: its own, else the beginning of what the user says first, on one line. */
export function titleOf(own: string, nodes: readonly FoundNode[], name = ''): string {
  const given = oneLine(own, MAX_LENGTH)
  if (given !== '') return given
  const first = nodes.find(({ draft }) => draft.role === 'user')
  const said = first === undefined ? '' : oneLine(textOf(first.draft), MADE_LENGTH)
  return said || oneLine(name, MADE_LENGTH)
}

function oneLine(text: string, most: number): string {
  const line = text.slice(0, 4_000).replace(/\s+/g, ' ').trim()
  return line.length > most ? `${line.slice(0, most - 1)}…` : line
}
