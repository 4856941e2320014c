import type { SeededRandom } from '../../seeded-random.ts'

export type Fields = Readonly<Record<string, unknown>>

/** A call as a model makes it. */
export interface MadeCall {
  readonly id: string
  readonly name: string
  readonly input: Fields
}

/** What a model answers: words, calls or both. */
export interface Said {
  readonly id: string
  readonly thought: string
  readonly text: string
  readonly calls: readonly MadeCall[]
}

/** How an app that speaks one protocol writes its history, and how its server answers. */
export interface Dialect {
  readonly url: string
  readonly hasTools: boolean
  /** Calls get their results in the message that makes them, which then goes on. */
  readonly hasGrowingMessages?: boolean
  user(text: string): Fields
  /** The answer as it comes over the wire. */
  stream(said: Said, history: readonly Fields[]): string
  /** The history with the answer, as the app keeps it. */
  keep(said: Said, history: readonly Fields[]): readonly Fields[]
  /** The history with the results of the answer's calls. */
  results(said: Said, outputs: readonly string[], history: readonly Fields[]): readonly Fields[]
  body(history: readonly Fields[], system: string): Fields
  messagesOf(body: Fields): readonly Fields[]
  findFaults(body: Fields): readonly string[]
}

/** Habits of apps that speak the same protocol, drawn once for a run. */
export type DrawDialect = (random: SeededRandom) => Dialect

/** Server-sent events of these. */
export function sse(events: readonly Fields[], isNamed: boolean = false): string {
  return events
    .map(
      (event) =>
        `${isNamed ? `event: ${String(event['type'])}\n` : ''}data: ${JSON.stringify(event)}\n\n`,
    )
    .join('')
}

/** A text as a model streams it. */
export function pieces(text: string): readonly string[] {
  return text.match(/.{1,9}/gs) ?? []
}

/** A list in a body or a message. */
export const listIn = (body: Fields, field: string): readonly Fields[] =>
  body[field] as readonly Fields[]
