import { isSupported } from '../compaction/check.ts'
import { digestLine } from '../compaction/digest-lines.ts'
import type { DigestLine } from '../session/generation.ts'
import type { Message, Seq } from '../session/message.ts'
import type { MemoryAction } from './memory-action.ts'

/** How much a noted fact is worth before recency and use are added: the model said that it matters. */
const SALIENCE = 55

/** Positions at which a note's source may stand: a host may append the call after carrying it out. */
export function noteSources(actions: readonly MemoryAction[]): readonly Seq[] {
  return [...new Set(actions.filter(isNote).flatMap(({ seq }) => [seq, seq + 1]))].filter(
    (seq) => seq > 0,
  )
}

/**
 * The digest lines of what a model noted during the messages that a fold covers.
 *
 * A note stands on the message during which it was made, and has to stand in it as every line does: what it
 * names must be named there, in the call by which it was noted, or it is dropped.
 *
 * @param messages - The messages at {@link noteSources}.
 * @param range - What the fold covers: above the head's mark, up to its own.
 * @see SPEC.md rule MEM5
 */
export function noteLines(
  actions: readonly MemoryAction[],
  messages: readonly Message[],
  range: { readonly above: Seq; readonly upTo: Seq },
): { readonly lines: readonly DigestLine[]; readonly dropped: number } {
  const bySeq = new Map(messages.map((message) => [message.seq, message]))
  const lines: DigestLine[] = []
  let dropped = 0
  for (const note of actions.filter(isNote)) {
    if (note.status !== 'done') continue
    const stood = [note.seq, note.seq + 1].flatMap((seq) => bySeq.get(seq) ?? [])
    const text = `Noted by the assistant: ${note.text}`
    const source = stood.find(
      (message) => message.active && isSupported({ ...EMPTY, text: note.text }, [message]),
    )
    if (!source) {
      if (note.seq > range.above && note.seq <= range.upTo) dropped += 1
      continue
    }
    if (source.seq <= range.above || source.seq > range.upTo) continue
    lines.push(digestLine('facts', text, source.seq, SALIENCE, { key: keyOf(note) }))
  }
  return { lines, dropped }
}

/** Ids of the lines of notes that were undone: they leave the digest with the next fold. */
export function undoneNoteIds(actions: readonly MemoryAction[]): ReadonlySet<string> {
  const undone = actions.filter(isNote).filter(({ status }) => status === 'undone')
  return new Set(undone.map((note) => digestLine('facts', '', 1, 0, { key: keyOf(note) }).id))
}

const EMPTY: DigestLine = {
  id: '',
  section: 'facts',
  text: '',
  sources: [],
  tokens: 0,
  salience: 0,
}

type Note = Extract<MemoryAction, { readonly kind: 'note' }>

function isNote(action: MemoryAction): action is Note {
  return action.kind === 'note'
}

function keyOf({ n }: Note): string {
  return `note:${n}`
}
