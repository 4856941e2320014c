import type { Part } from '../session/message.ts'

/** Info strings of the fenced blocks that stand for parts. */
export const PART_BLOCK: RegExp =
  /^(text|reasoning|tool-call|tool-result|approval-request|approval-response|image|file)-part(?: (\{.*\}))?$/

/** A line that begins a message of a transcript. */
export const MESSAGE_MARK = '<!-- backfold message '

/** What begins a transcript of Backfold. */
export const TRANSCRIPT_MARK = '<!-- backfold transcript 1 -->'

/**
 * A part as Markdown: text as it is, anything else as a fenced block that says what it is. So is a text that could be
 * taken for something else when it is read back.
 *
 * @param isBehindText - Whether the part before was written as it is: two texts would become one.
 */
export function writePart(part: Part, isBehindText: boolean): string {
  switch (part.type) {
    case 'text':
      return isPlain(part.text) && !isBehindText ? part.text : fence('text', {}, part.text)
    case 'reasoning':
      return fence('reasoning', {}, part.text)
    case 'tool-call':
      return fence('tool-call', { name: part.name, id: part.callId }, part.input)
    case 'tool-result': {
      const error = part.isError === undefined ? {} : { isError: part.isError }
      return fence('tool-result', { id: part.callId, ...error }, part.output)
    }
    case 'image':
    case 'file': {
      const { type, url, ...about } = part
      return fence(type, about, url)
    }
    case 'approval-request':
      return fence(part.type, { approvalId: part.approvalId, callId: part.callId }, '')
    case 'approval-response':
      return fence(part.type, { approvalId: part.approvalId, approved: part.approved }, '')
  }
}

/** Whether a part was written as it is. */
export function isPlainPart(part: Part): boolean {
  return part.type === 'text' && isPlain(part.text)
}

const FENCED_PART =
  /^ {0,4}(?:`{3,}|~{3,}) {0,4}(?:text|reasoning|tool-call|tool-result|approval-request|approval-response|image|file)-part/m

function isPlain(text: string): boolean {
  return (
    text !== '' &&
    text.trim() === text &&
    !text.includes('\r') &&
    !text.includes('<!-- backfold ') &&
    !FENCED_PART.test(text)
  )
}

function fence(name: Part['type'], about: Readonly<Record<string, unknown>>, text: string): string {
  const ticks = '`'.repeat(Math.max(3, longestRun(text) + 1))
  const json = Object.keys(about).length === 0 ? '' : ` ${onOneLine(about)}`
  return `${ticks}${name}-part${json}\n${text}\n${ticks}`
}

/** JSON that neither ends a comment nor a line of a fence. */
export function onOneLine(value: object): string {
  return JSON.stringify(value).replace(/[>`\u2028\u2029]/g, (found) => {
    return `\\u${found.charCodeAt(0).toString(16).padStart(4, '0')}`
  })
}

/** Length of the longest run of backticks. */
function longestRun(text: string): number {
  let longest = 0
  let run = 0
  for (let at = text.indexOf('`'); at >= 0; at = text.indexOf('`', at + 1)) {
    run = text[at - 1] === '`' ? run + 1 : 1
    if (run > longest) longest = run
  }
  return longest
}
