import { acceptLines, type OpenSection } from '../compaction/accept-lines.ts'
import { oneLine } from '../compaction/digest-text.ts'
import { likeness } from '../memory/loss-cues.ts'
import type { DigestLine } from '../session/generation.ts'
import type { Message, Seq } from '../session/message.ts'
import { foldText } from './fold-text.ts'
import type { Grounds, View } from './grounds.ts'
import {
  hasControlText,
  isOrder,
  speaksOfConsent,
  speaksOfPerson,
  speaksOfDecision,
} from './injection-cues.ts'
import { keepsLanguage } from './language-of.ts'
import type { DropReason } from './patch.ts'

/** Bounds of a line, in UTF-16 code units. */
const LEAST_LENGTH = 8
const MOST_LENGTH = 400
/** Sources that one line may name. */
const MOST_SOURCES = 12
/** What a line is worth that needs what tools returned. */
const TOOL_SALIENCE = { salience: 8 }
/** Words that two lines share which say the same. */
const SAME = 0.85

/** What a line is held against. */
export interface LineGround {
  readonly messages: readonly Message[]
  readonly grounds: Grounds
  /** The orders of the question, folded: what repeats them is no note. */
  readonly orders: string
  readonly nonce: string
  /** What is known already, by message. */
  readonly known: KnownLines
}

/** Judges one line: what may be taken of it, or why nothing. */
export function judgeLine(
  section: OpenSection,
  text: string,
  sources: readonly Seq[],
  ground: LineGround,
): DigestLine | DropReason {
  // A line of a megabyte is none, and need not be looked at.
  if (text.length > MOST_LENGTH * 4) return 'length'
  // The bar is how data stands in a question.
  const shown = oneLine(text.toWellFormed()).replace(/^(?:\| ?)+/, '')
  const folded = foldText(shown)
  if (folded.length < LEAST_LENGTH || shown.length > MOST_LENGTH) return 'length'
  if (text.includes(ground.nonce) || hasControlText(text)) return 'control-text'
  if (ground.orders.includes(folded)) return 'control-text'
  const seqs = [...new Set(sources)].toSorted((a, b) => a - b)
  if (seqs.length === 0 || seqs.length > MOST_SOURCES) return 'sources'
  const stood = seqs.map((seq) => ground.grounds.of(seq))
  if (stood.some((evidence) => evidence === undefined)) return 'sources'
  if (isOrder(shown)) return 'order'
  if (stood.some((evidence) => evidence?.isTainted === true)) return 'tainted'
  const view = viewFor(section, shown)
  if (view !== 'all' && !ground.grounds.on(seqs, view).supports(shown)) {
    return ground.grounds.on(seqs, 'all').supports(shown) ? 'provenance' : 'unsupported'
  }
  // What is said of a person, that person must have had a say in.
  if (speaksOfPerson(shown) && stood.every((evidence) => evidence?.role !== 'user'))
    return 'provenance'
  const own = ground.grounds.on(seqs, view)
  if (!own.supports(shown)) return 'unsupported'
  // Anybody may have written what a tool returned: it counts where people or the model took it up.
  const isOfTools = view === 'all' && !ground.grounds.on(seqs, 'spoken').supports(shown)
  if (isOfTools && !ground.grounds.spoken.speaksOf(shown)) return 'provenance'
  if (!keepsLanguage(shown, own.written) && !keepsLanguage(shown, ground.grounds.spoken.written)) {
    return 'language'
  }
  if (ground.known.has(shown, folded, seqs)) return 'duplicate'
  const proposed = { section, text: shown, sources: seqs, ...(isOfTools ? TOOL_SALIENCE : {}) }
  const accepted = acceptLines([proposed], ground.messages)
  const [line] = accepted.kind === 'accepted' ? accepted.lines : []
  if (!line) return 'unsupported'
  ground.known.add(line)
  return line
}

/**
 * Who can show a line: what was decided or asked stands in what people and the model said, never in what a tool
 * returned; leave that was given, only in the words of who gave it. All else may rest on tools, if it was spoken of.
 */
function viewFor(section: OpenSection, text: string): View {
  if (speaksOfConsent(text)) return 'user'
  const isSpoken = section === 'decisions' || section === 'open'
  return isSpoken || speaksOfPerson(text) || speaksOfDecision(text) ? 'spoken' : 'all'
}

/** Lines that need not be said again. */
export interface KnownLines {
  has(text: string, folded: string, sources: readonly Seq[]): boolean
  add(line: Pick<DigestLine, 'text' | 'sources'>): void
}

/** Lines of one message that a line is compared with. */
const MAX_COMPARED = 60

export function createKnownLines(
  lines: readonly Pick<DigestLine, 'text' | 'sources'>[],
): KnownLines {
  const folded = new Set<string>()
  const bySeq = new Map<Seq, string[]>()
  const add = ({ text, sources }: Pick<DigestLine, 'text' | 'sources'>): void => {
    folded.add(foldText(text))
    for (const seq of sources) {
      const known = bySeq.get(seq)
      if (!known) bySeq.set(seq, [text])
      else if (known.length < MAX_COMPARED) known.push(text)
    }
  }
  for (const line of lines) add(line)
  return {
    add,
    has(text, own, sources) {
      if (folded.has(own)) return true
      return sources.some((seq) =>
        (bySeq.get(seq) ?? []).some(
          (other) => foldText(other).includes(own) || likeness(text, other) >= SAME,
        ),
      )
    },
  }
}
