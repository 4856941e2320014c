import type { Draft, Role } from '../../core/session/message.ts'
import { TRANSCRIPT_MARK } from '../../core/transfer/transcript-part.ts'
import type { Conversation } from '../../core/transfer/conversation.ts'
import { invalidInput } from '../invalid-input.ts'
import { conversationOf } from './conversation-of.ts'
import { readOwnTranscript } from './own-transcript.ts'
import { isFence, type Fence } from './markdown-fence.ts'

interface Label {
  readonly role: Role
  /** Labels of one transcript are written in one way. */
  readonly style: string
  /** What stands on the same line. */
  readonly rest: string
}

/**
 * Reads a conversation written down as Markdown: who speaks stands in headings (`## User`), in bold (`**Assistant:**`)
 * or at the beginning of a line (`You said:`). Only labels written like the first one count, and none within fenced
 * code. Both a person and a model have to speak.
 *
 * @throws BackfoldError `INVALID_INPUT` for a text in which nobody speaks.
 * @see SPEC.md rules MD3, MD6, MD7
 */
export function readMarkdownTranscript(text: string, name: string): Conversation {
  const lines = text.split('\n').map((line) => (line.endsWith('\r') ? line.slice(0, -1) : line))
  if (text.startsWith(TRANSCRIPT_MARK)) return readOwnTranscript(text, name)
  const labels = findLabels(lines)
  const roles = new Set(labels.map(({ label }) => label.role))
  if (!roles.has('user') || !roles.has('assistant')) {
    invalidInput(
      `${name}: nobody speaks in it; headings or bold words such as "User" and "Assistant" were looked for`,
    )
  }
  const drafts = labels.flatMap(({ label, line }, index): readonly Draft[] => {
    const body = lines.slice(line + 1, labels[index + 1]?.line ?? lines.length)
    const said = withoutBlankEnds([...(label.rest === '' ? [] : [label.rest]), ...body])
    if (said === '') return []
    if (label.role === 'tool') {
      return [{ role: 'tool', parts: [{ type: 'tool-result', callId: '', output: said }] }]
    }
    return [{ role: label.role, parts: [{ type: 'text', text: said }] }]
  })
  const before = lines.slice(0, labels[0]?.line ?? 0)
  const title = before.find((line) => line.startsWith('# '))?.slice(2) ?? ''
  const left = before.some((line) => line.trim() !== '' && !line.startsWith('# '))
  const repairs = left ? ['What stands before the first speaker was left out.'] : []
  return conversationOf(drafts, { source: 'markdown', key: '', title: title.trim(), name, repairs })
}

interface Placed {
  readonly label: Label
  readonly line: number
}

function findLabels(lines: readonly string[]): readonly Placed[] {
  const found: Placed[] = []
  let open: Fence | undefined
  for (const [line, text] of lines.entries()) {
    const fence = isFence(text)
    if (open !== undefined) {
      if (fence?.mark === open.mark && fence.length >= open.length && fence.info === '')
        open = undefined
      continue
    }
    if (fence !== undefined) {
      open = fence
      continue
    }
    const label = readLabel(text)
    if (label && (found.length === 0 || found[0]?.label.style === label.style))
      found.push({ label, line })
  }
  return found
}

/** Longest line that may hold nothing but a label. */
const MAX_LABEL = 60

function readLabel(line: string): Label | undefined {
  const start = line.slice(0, MAX_LABEL + 1)
  const heading = /^ {0,3}(#{1,6})[ \t]+(.*)$/.exec(start)
  if (heading) {
    if (line.length > MAX_LABEL) return undefined
    const role = roleOf(heading[2] ?? '')
    return role && { role, style: `heading ${heading[1]?.length}`, rest: '' }
  }
  const bold = /^(\*\*|__)([^*_:]{1,40}):?\1:?(.*)$/.exec(start)
  if (bold) {
    const role = roleOf(bold[2] ?? '')
    const length = start.length - (bold[3] ?? '').length
    return role && { role, style: 'bold', rest: line.slice(length).trim() }
  }
  const plain = /^([^:*_#`]{1,40}):(?:[ \t]|$)/.exec(start)
  const role = plain ? roleOf(plain[1] ?? '') : undefined
  return role && { role, style: 'plain', rest: line.slice(plain?.[0].length).trim() }
}

const WHO: readonly (readonly [Role, RegExp])[] = [
  ['user', /^(?:user|you|human|me|prompt|question|q)$/],
  [
    'assistant',
    /^(?:assistant|ai|bot|model|answer|response|a|chatgpt|gpt|claude|gemini|bard|copilot|grok|deepseek|llama|mistral|qwen|perplexity)$/,
  ],
  ['system', /^(?:system|developer|system prompt|instructions)$/],
  ['tool', /^(?:tool|tool result|tool output|function)$/],
]

/** Who a label names: `**ChatGPT said:**` as well as `User (2)` and `Claude 3.5 Sonnet`. */
function roleOf(label: string): Role | undefined {
  const plain = label
    .toLowerCase()
    .replace(/[^\p{L}\p{N} .-]/gu, ' ')
    .replace(/ +/g, ' ')
    .trim()
    .replace(/ (?:said|says|wrote|asked|answered)$/, '')
  const words = plain.split(' ')
  const shortened = words.filter((word) => !/^[\d.v-]+$/.test(word)).join(' ')
  const named = WHO.find(([, names]) => names.test(shortened))?.[0]
  if (named !== undefined) return named
  // A name of a model is followed by its version and kind.
  const first = /^[a-z]+/.exec(words[0] ?? '')?.[0] ?? ''
  const isModel =
    words.length <= 4 &&
    /^(?:chatgpt|gpt|claude|gemini|grok|deepseek|llama|mistral|qwen)$/.test(first)
  return isModel ? 'assistant' : undefined
}

function withoutBlankEnds(lines: readonly string[]): string {
  let from = 0
  let to = lines.length
  while (from < to && lines[from]?.trim() === '') from += 1
  while (to > from && lines[to - 1]?.trim() === '') to -= 1
  return lines.slice(from, to).join('\n')
}
