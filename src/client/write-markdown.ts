import { createTranscriptWriter, writeHandOff } from '../core/transfer/write-transcript.ts'
import type { MarkdownOptions, Session } from './session.ts'

/** Messages read and written at once: the page draws in between. */
const SLICE = 100

/**
 * Writes a session as Markdown: its log, or its context as a hand-off. Nothing is folded for it.
 *
 * @see SPEC.md rules MD1–MD5
 */
export async function writeMarkdown(
  session: Session,
  { of = 'log' }: MarkdownOptions = {},
): Promise<string> {
  const { details, messages, newest } = session.state.get()
  if (of === 'context') {
    return writeHandOff(await session.context({ adopt: false }), details.title, messages)
  }
  const writer = createTranscriptWriter()
  const written = [writer.begin(details.title)]
  for (let from = 1; from <= newest; from += SLICE) {
    const found = await session.recall({ from, to: Math.min(newest, from + SLICE - 1) })
    if (found.kind === 'messages') written.push(writer.write(found.messages))
  }
  return written.join('')
}
