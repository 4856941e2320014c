import { withoutInvisible } from './fold-text.ts'

/** What templates of chats mark turns and tools with. */
const TEMPLATE =
  /<(?=[|｜])|(?<=[|｜])>|<(?=\/?(?:s|bos|eos|pad|unk|system|user|assistant|developer|human|tool_?calls?|tool_?response|function_?calls?|invoke|parameter|think|thinking|start_of_turn|end_of_turn|start_header_id|end_header_id)\b)|<<(?=\/?SYS)|\[(?=\/?(?:INST|SYS|SYSTEM_PROMPT|TOOL_CALLS?|AVAILABLE_TOOLS|TOOL_RESULTS)\b)/gi

/** Signs that stand for those that would open a frame. */
const HARMLESS: Readonly<Record<string, string>> = { '<': '‹', '<<': '‹‹', '>': '›', '[': '⟦' }

/** Names of the frames of a question; see {@link frame}. */
const FRAMES = /\[(?=\/?(?:messages|notes|answer|lines) )/gi

/**
 * A text as it stands in a question: data, and nothing else. Every line stands behind a bar, so that none can look like
 * a frame or a role; marks of chat templates are made harmless; invisible characters go; and the nonce of the
 * question, which nobody could know, is cut out.
 *
 * Total and linear.
 *
 * @see SPEC.md rule INJ1
 */
export function escapeData(text: string, nonce: string = ''): string {
  return harmless(text, nonce)
    .split('\n')
    .flatMap((line) => (line.trim() === '' ? [] : [`| ${line.trimEnd()}`]))
    .join('\n')
}

/** The same for a text that stands in one line. */
export function escapeLine(text: string, nonce: string = ''): string {
  return harmless(text, nonce).replace(/\s+/g, ' ').trim()
}

function harmless(text: string, nonce: string): string {
  const visible = withoutInvisible(text.toWellFormed())
    .replace(/\r\n?|[\u2028\u2029\u0085\v\f]/g, '\n')
    // oxlint-disable-next-line no-control-regex -- control characters are exactly what is removed
    .replace(/[\u0000-\u0008\u000e-\u001f\u007f-\u009f]/g, '')
  const plain = visible.replace(TEMPLATE, (sign) => HARMLESS[sign] ?? '').replace(FRAMES, '⟦')
  return nonce === '' ? plain : plain.split(nonce).join('…')
}

/** Sets data between delimiters that nothing in it can write. */
export function frame(name: string, nonce: string, body: string): string {
  return `[${name} ${nonce}]\n${body}\n[/${name} ${nonce}]`
}

/** Letters and digits of a nonce: enough that nobody guesses it, few enough that a model copies it. */
const NONCE_LENGTH = 12

/** Makes a nonce of an unguessable id. */
export function nonceOf(id: string): string {
  return id
    .replace(/[^\da-z]/gi, '')
    .slice(-NONCE_LENGTH)
    .toLowerCase()
}
