import type { Origin } from '../memory/concept-worth.ts'
import type { FormerValue, LineKind } from '../memory/facts/fact.ts'
import type { Categories } from './context.ts'
import type { Seq } from './message.ts'

/** Sections of a digest, in the order in which they are rendered. */
export const SECTIONS = [
  'goal',
  'rules',
  'corrections',
  'decisions',
  'quotes',
  'facts',
  'artifacts',
  'open',
  'state',
  'hints',
] as const

export type Section = (typeof SECTIONS)[number]

/** One line of a digest. A line without sources, or with sources above the mark, is rejected. */
export interface DigestLine {
  /** Stable within a session: the same finding keeps its id from generation to generation. */
  readonly id: string
  readonly section: Section
  readonly text: string
  /** Messages that the line stands for, ascending. Never empty. */
  readonly sources: readonly Seq[]
  readonly tokens: number
  /** How much the line is worth keeping; higher is kept longer. */
  readonly salience: number
  /** Artifact that the line points to. */
  readonly artifact?: string
  /** What introduces it, such as a tool call; said once for all lines of one message that share it. */
  readonly label?: string
  /** Who wrote what it quotes. */
  readonly origin?: Origin
  /** Where it stands among the lines of its message. */
  readonly place?: number
  /** Marks of the lines that it quotes, by {@link markOf}. */
  readonly marks?: readonly string[]
  /** Marks of the lines that it replaces: none of them is shown as current any more. */
  readonly replaces?: readonly string[]
  /** What kind of fact it is. */
  readonly kind?: LineKind
  /** Values that it had before, oldest first; bounded, and never rendered. */
  readonly former?: readonly FormerValue[]
}

/** A payload moved out of a message: the short text left where it was. */
export interface Stub {
  readonly seq: Seq
  /** Index of the part whose payload was moved. */
  readonly part: number
  /** Hash of the artifact that holds the payload. */
  readonly artifact: string
  /** For a tool call the arguments as JSON, with stubs for what is large in them. */
  readonly text: string
  readonly tokensBefore: number
  readonly tokens: number
}

/**
 * `superseded` is never stored: it is what an applied generation is called once another is the head,
 * so that an apply need not rewrite the one before it.
 */
export type GenerationStatus = 'candidate' | 'applied' | 'superseded' | 'rolled-back' | 'rejected'

/** Outcome of one test of a candidate. */
export interface CheckResult {
  readonly name: CheckName
  readonly outcome: 'passed' | 'mended' | 'failed'
  /** One sentence for people. */
  readonly detail: string
}

export type CheckName =
  | 'coverage'
  | 'sources'
  | 'rules'
  | 'vault'
  | 'current-task'
  | 'identifiers'
  | 'unsupported'
  | 'extractors'
  | 'language'
  | 'trajectory'
  | 'gain'

/** One version of the existing part of a session. Everything but its status is immutable. */
export interface Generation {
  readonly session: string
  readonly n: number
  readonly schema: number
  /** Generation it was built on; 0 for the log itself. */
  readonly parent: number
  /** Newest message that the digest covers. */
  readonly mark: Seq
  readonly digest: readonly DigestLine[]
  /** Tokens of the digest as rendered. */
  readonly digestTokens: number
  /** Payloads moved out of messages above the mark. */
  readonly stubs: readonly Stub[]
  /** Chain hash at the mark: content of everything covered, no ids, no times. */
  readonly coverage: string
  /** Number of messages covered. */
  readonly covered: number
  readonly tokensBefore: number
  readonly tokensAfter: number
  /** Tokens of the context as it was expected to be after the apply. */
  readonly categoriesAfter: Categories
  readonly summariser: string
  readonly checks: readonly CheckResult[]
  /** Rules in force for which the digest had no room; recallable, and back as soon as there is room. */
  readonly rulesLeftOut?: readonly string[]
  readonly status: GenerationStatus
  readonly job: number
  readonly createdAt: number
  readonly appliedAt?: number
  /** Id of the record that told other devices of it, or told this one; missing where it is known only here. */
  readonly record?: string
}

/** The exact context before a generation was applied, by reference and hash. */
export interface Snapshot {
  readonly session: string
  /** Generation whose apply this snapshot precedes. */
  readonly n: number
  readonly generation: number
  readonly mark: Seq
  /** Newest message that the context held. */
  readonly through: Seq
  readonly pins: readonly Seq[]
  readonly branch: number
  /** SHA-256 over the context's entries. */
  readonly hash: string
}

/** A payload moved out of context, stored once under its content's SHA-256. */
export interface Artifact {
  readonly hash: string
  readonly session: string
  readonly bytes: Uint8Array
  readonly encoding: 'deflate-raw' | 'identity' | 'utf-16'
  /**
   * Hash of the artifact that this one is told from: then its bytes are a delta to that. A base has no
   * base itself.
   */
  readonly base?: string
  /** Length of the text before compression, in UTF-16 code units. */
  readonly length: number
  readonly mediaType: string
  readonly tokens: number
}

/**
 * Whether an artifact may be written over the one stored under its hash. A delta never replaces what is
 * stored whole: others may be told from it, and two told from each other would both be lost.
 *
 * @see SPEC.md rule ART5
 */
export function mayReplace(stored: Artifact | undefined, row: Artifact): boolean {
  return stored === undefined || row.base === undefined || stored.base !== undefined
}
