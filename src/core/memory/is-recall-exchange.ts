import type { Message } from '../session/message.ts'
import { QUOTED } from './tool-result.ts'

/**
 * Whether a message is nothing but calls of recall tools, or what they brought back: to find these again would
 * show a copy in place of what was said.
 */
export function isRecallExchange({ parts }: Pick<Message, 'parts'>): boolean {
  const said = parts.filter(({ type }) => type !== 'reasoning')
  return (
    said.length > 0 &&
    said.every(
      (part) =>
        (part.type === 'tool-call' && part.name.startsWith('recall_')) ||
        (part.type === 'tool-result' && part.output.startsWith(QUOTED)),
    )
  )
}
