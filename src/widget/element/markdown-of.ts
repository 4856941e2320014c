import type { Message, Role } from '../../core/session/message.ts'
import { partText } from '../../core/session/message.ts'

const NAMES: Readonly<Record<Role, string>> = {
  user: 'You',
  assistant: 'Assistant',
  system: 'System',
  tool: 'Tool',
}

/** What was said, as Markdown: one heading for each message of the active path. Total. @see SPEC.md rule ELEM9 */
export function markdownOf(messages: readonly Message[]): string {
  return messages
    .filter(({ active }) => active)
    .map(({ role, parts }) => {
      const said = parts
        .filter(({ type }) => type !== 'reasoning')
        .map((part) =>
          part.type === 'tool-call' || part.type === 'tool-result'
            ? fence(partText(part))
            : partText(part),
        )
        .filter((text) => text !== '')
      return `## ${NAMES[role]}\n\n${said.join('\n\n')}\n`
    })
    .join('\n')
}

/** A fence longer than any that stands at the begin of a line in the text. */
function fence(text: string): string {
  let longest = 2
  for (const [, ticks = ''] of text.matchAll(/^(`+)/gm)) longest = Math.max(longest, ticks.length)
  const bar = '`'.repeat(longest + 1)
  return `${bar}\n${text}\n${bar}`
}
