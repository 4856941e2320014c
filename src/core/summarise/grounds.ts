import type { Message, Seq } from '../session/message.ts'
import { evidenceOf, groundOf, type Evidence, type Ground } from './evidence.ts'

/** Whose words may show a line. */
export type View = 'all' | 'spoken' | 'user'

/** What the messages of one piece can show; read once, however many lines are held against them. */
export interface Grounds {
  of(seq: Seq): Evidence | undefined
  /** The ground that these messages make. */
  on(seqs: readonly Seq[], view: View): Ground
  /** Whether any message speaks to whoever summarises it. */
  readonly isTainted: boolean
  /** Whether anything in it comes from elsewhere than people and the model: tools, files, pages. */
  readonly hasOthers: boolean
  /** All that people and the model said in it, but for what speaks to whoever summarises it. */
  readonly spoken: Ground
}

/** Grounds that are kept at a time: lines of one answer share most of theirs. */
const MAX_KEPT = 40

export function createGrounds(messages: readonly Message[]): Grounds {
  const bySeq = new Map(messages.map((message) => [message.seq, evidenceOf(message)]))
  const kept = new Map<string, Ground>()
  const make = (key: string, texts: readonly string[]): Ground => {
    const known = kept.get(key)
    if (known) return known
    if (kept.size >= MAX_KEPT) kept.clear()
    const ground = groundOf(texts)
    kept.set(key, ground)
    return ground
  }
  const all = [...bySeq.values()]
  return {
    of: (seq) => bySeq.get(seq),
    on: (seqs, view) =>
      make(
        `${view} ${seqs.join(' ')}`,
        seqs.flatMap((seq) => textIn(bySeq.get(seq), view)),
      ),
    isTainted: all.some(({ isTainted }) => isTainted),
    hasOthers: messages.some(
      ({ role, parts }) =>
        role === 'tool' || parts.some(({ type }) => type === 'tool-result' || type === 'file'),
    ),
    spoken: groundOf(all.flatMap(({ spoken, isTainted }) => (isTainted ? [] : spoken))),
  }
}

function textIn(evidence: Evidence | undefined, view: View): readonly string[] {
  if (!evidence) return []
  if (view === 'all') return [evidence.text]
  return view === 'user' && evidence.role !== 'user' ? [] : [evidence.spoken]
}
