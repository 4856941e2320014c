import { conceptWorth, isProse, recencyOf, type Origin } from '../memory/concept-worth.ts'
import { scanConcepts } from '../memory/concepts.ts'
import { endingOf } from '../memory/call-reason.ts'
import { describeCall } from '../memory/describe-call.ts'
import { cutFragments } from '../memory/fragments.ts'
import { readJson } from '../memory/read-json.ts'
import { isTalk } from '../memory/is-talk.ts'
import { extractRules } from '../memory/rules.ts'
import { shorten } from '../memory/sentences.ts'
import type { Message, Part, Seq, ToolCallPart } from '../session/message.ts'
import type { CoverItem } from '../memory/cover.ts'

/** A fragment of a message that may be quoted. */
export interface Quote extends CoverItem {
  /** The text it is part of, and where. */
  readonly text: string
  readonly from: number
  readonly to: number
  readonly seq: Seq
  readonly origin: Origin
  /** Whether it was said to the user, not thought or given to a tool. */
  readonly isSaid: boolean
  readonly place: number
}

/** Quotes of one place share what they are introduced by. */
export interface QuoteGroup {
  readonly label: string
  readonly sources: readonly Seq[]
}

/** All that could be quoted of a stretch of the log. */
export interface Gathered {
  readonly quotes: readonly Quote[]
  readonly groups: readonly QuoteGroup[]
  /** Tokens of each group's label. */
  readonly labels: readonly number[]
  /** Worth of each concept. */
  readonly weights: readonly number[]
}

/** Worth of having a fragment at all, by who wrote it. */
const BASE: Readonly<Record<Origin, number>> = { own: 5, user: 12, tool: 0 }
/** Longest text of one part that is read; what is behind it is recalled. */
const MAX_READ_LENGTH = 400_000
/** Longest label of what a tool returned. */
const MAX_LABEL_LENGTH = 90
/** Shortest fragment that is quoted although nothing stands out in it. */
const LEAST_LENGTH = 12
/** Longest name that an argument is thought to have, with what sets it off. */
const LONGEST_KEY = 24
/** Share of a fragment that may stand in other lines of the digest. */
const MOST_KNOWN = 0.6
/** Characters of a token, and tokens of a character of a script without spaces. */
const TOKEN_LENGTH = 3.4
const WIDE_TOKENS = 0.75

/**
 * Cuts everything said, called and returned into fragments, and finds the concepts in each. What a concept is
 * worth follows from who wrote it, its kind, how often it was used, and how late.
 *
 * @see SPEC.md rules SAL1–SAL3
 */
export function gatherQuotes(messages: readonly Message[]): Gathered {
  const gatherer = new Gatherer(messages)
  for (const message of messages) {
    for (const part of message.parts) gatherer.read(message, part)
  }
  return gatherer.finish()
}

/** What the fragments of one text have in common. */
type Place = Pick<Quote, 'group' | 'seq' | 'origin' | 'isSaid'> & Partial<Pick<Quote, 'named'>>

interface ConceptNote {
  worth: number
  uses: number
  readonly first: Seq
  last: Seq
}

class Gatherer {
  private readonly quotes: Quote[] = []
  private readonly groups: QuoteGroup[] = []
  private readonly labels: number[] = []
  private readonly ids = new Map<string, number>()
  private readonly notes: ConceptNote[] = []
  private readonly calls = new Map<string, { readonly seq: Seq; readonly label: string }>()
  private readonly end: Seq
  private readonly isTalk: boolean
  /** What was said last: the calls of the same message belong to it. */
  private said: { readonly seq: Seq; readonly group: number } | undefined

  constructor(messages: readonly Message[]) {
    this.end = messages.at(-1)?.seq ?? 0
    this.isTalk = isTalk(messages)
  }

  read(message: Message, part: Part): void {
    switch (part.type) {
      case 'text':
        if (message.role === 'user') this.readUser(message.seq, part.text)
        if (message.role === 'assistant') this.readOwn(message.seq, part.text, 'Assistant')
        return
      case 'reasoning':
        this.readOwn(message.seq, part.text, 'Thought')
        return
      case 'tool-call':
        this.readCall(message, part)
        return
      case 'tool-result': {
        const call = this.calls.get(part.callId)
        const sources = call ? [call.seq, message.seq] : [message.seq]
        const label = call?.label ?? 'tool result'
        const group = this.openGroup(label, sources)
        const named = this.scan(label, 0, label.length, 'own', call?.seq ?? message.seq)
        const place = { group, seq: message.seq, origin: 'tool', isSaid: false, named } as const
        this.readFragments(readJson(part.output), place)
        return
      }
      default:
    }
  }

  finish(): Gathered {
    const { groups, labels } = this
    const quotes = this.quotes.map((quote) => this.withNamed(quote))
    const weights = this.notes.map(({ worth, uses, last }) => {
      // What was used again and again is used again; what was used late is used soon.
      return worth * (1 + Math.min(1, (uses - 1) / 8)) * recencyOf(this.end - last)
    })
    return { quotes, groups, labels, weights }
  }

  /** Where a concept came up and where it was used last says the most of it; places between only name it. */
  private withNamed(quote: Quote): Quote {
    const isTelling = (concept: number): boolean => {
      const note = this.notes[concept]
      return note === undefined || note.first === quote.seq || note.last === quote.seq
    }
    if (quote.concepts.every(isTelling)) return quote
    const between = quote.concepts.filter((concept) => !isTelling(concept))
    return {
      ...quote,
      concepts: quote.concepts.filter(isTelling),
      named: [...quote.named, ...between],
    }
  }

  private readOwn(seq: Seq, text: string, label: 'Assistant' | 'Thought'): void {
    const group = this.openGroup(label, [seq])
    if (label === 'Assistant') this.said = { seq, group }
    this.readFragments(text, { group, seq, origin: 'own', isSaid: label === 'Assistant' })
  }

  /** Rules and requests have lines of their own: only what stands between them is quoted here. */
  private readUser(seq: Seq, text: string): void {
    const group = this.openGroup('User', [seq])
    const known = (this.isTalk ? [] : extractRules(text)).map(({ quote }) => quote)
    for (const { from, to } of cutFragments(text, 0, Math.min(text.length, MAX_READ_LENGTH))) {
      const fragment = text.slice(from, to)
      const said = known.filter((quote) => fragment.includes(quote) || quote.includes(fragment))
      const length = said.reduce((sum, quote) => sum + quote.length, 0)
      if (length < (to - from) * MOST_KNOWN)
        this.addQuote(text, from, to, { group, seq, origin: 'user', isSaid: true })
    }
  }

  private readCall(message: Message, call: ToolCallPart): void {
    const { seq } = message
    const { label, kind, subject } = describeCall(call)
    this.calls.set(call.callId, { seq, label: shorten(label, MAX_LABEL_LENGTH) })
    const group = this.said?.seq === seq ? this.said.group : this.openGroup('Assistant', [seq])
    const place = { group, seq, origin: 'own', isSaid: false } as const
    const input = readJson(call.input)
    const [first, ...others] = cutFragments(input, 0, Math.min(input.length, MAX_READ_LENGTH))
    if (kind === 'read') {
      // Why a call was made stands before it; the two are quoted together.
      const asked = first ? input.slice(first.from, first.to) : ''
      const text = `${endingOf(message)} → ${call.name} ${asked}`.trim()
      this.addQuote(text, 0, text.length, place)
    } else if (first && first.to > subject.length + LONGEST_KEY) {
      // Commands and changed files are facts of their own; what else they were given is quoted.
      this.addQuote(input, first.from, first.to, place)
    }
    for (const { from, to } of others) this.addQuote(input, from, to, place)
  }

  private readFragments(text: string, place: Place): void {
    for (const { from, to } of cutFragments(text, 0, Math.min(text.length, MAX_READ_LENGTH))) {
      this.addQuote(text, from, to, place)
    }
  }

  private addQuote(text: string, from: number, to: number, at: Place): void {
    const concepts = this.scan(text, from, to, at.origin, at.seq)
    // A nod, and what a tool returned without anything to hold on to, is not worth a line.
    if (concepts.length === 0 && (at.origin === 'tool' || to - from < LEAST_LENGTH)) return
    const tokens = roughTokens(text, from, to)
    const place = this.quotes.length
    const worth = BASE[at.origin]
    this.quotes.push({ named: [], ...at, text, from, to, concepts, tokens, place, worth })
  }

  /** The concepts of a stretch of text. */
  private scan(text: string, from: number, to: number, origin: Origin, seq: Seq): number[] {
    const concepts: number[] = []
    const prose = isProse(text, from, to)
    scanConcepts(text, from, to, (kind, start, end) => {
      const worth = conceptWorth(origin, kind, prose)
      const concept = this.note(text.slice(start, end), worth, origin, seq)
      if (!concepts.includes(concept)) concepts.push(concept)
    })
    return concepts
  }

  private note(text: string, worth: number, origin: Origin, seq: Seq): number {
    const key = text.toLowerCase()
    const known = this.ids.get(key)
    const note = known === undefined ? undefined : this.notes[known]
    if (known === undefined || note === undefined) {
      const id = this.notes.push({ worth, uses: 1, first: seq, last: seq }) - 1
      this.ids.set(key, id)
      return id
    }
    note.worth = Math.max(note.worth, worth)
    if (note.last !== seq && origin !== 'tool') note.uses++
    note.last = seq
    return known
  }

  private openGroup(label: string, sources: readonly Seq[]): number {
    this.labels.push(roughTokens(label, 0, label.length) + 6)
    return this.groups.push({ label, sources }) - 1
  }
}

/** About as many tokens as a stretch of text has: enough for choosing, and cheap. */
function roughTokens(text: string, from: number, to: number): number {
  let wide = 0
  for (let at = from; at < to; at++) if (text.charCodeAt(at) >= 0x2e80) wide++
  return 1 + Math.ceil((to - from - wide) / TOKEN_LENGTH + wide * WIDE_TOKENS)
}
