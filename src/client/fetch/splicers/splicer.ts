/** What one event of an answer is, as far as recall is concerned. */
export type Share =
  /** Anything but tool calls: the host gets it at once. */
  | 'open'
  /** Belongs to calls that may be answered here, or comes behind them. */
  | 'ours'
  /** A call that only the host can answer, or nothing that is understood: the whole answer is the host's. */
  | 'host'

/** Makes one stream of several, in the words of one protocol. Reads every event of every answer, in order. */
export interface Splicer {
  /** Looks at an event, which is whole with the blank line, or the end of a line, behind it. */
  look(event: string): Share
  /** What the host is given of an event. Those of the first answer stay as they are. */
  write(event: string): string
  /** What of an event is left once the calls in its answer are answered: everything that is neither call nor end. */
  withoutCalls(event: string): string
  /** A further answer begins. */
  next(): void
  /** Whether the answer is whole, even if its stream goes on. */
  isWhole(): boolean
}

type Fields = Readonly<Record<string, unknown>>

/** The fields of a value that should be an object; none if it is not. */
export function fields(value: unknown): Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Fields)
    : {}
}

export function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : []
}

/** The object in a text of JSON; undefined if there is none. */
export function parse(text: string): Fields | undefined {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Fields)
      : undefined
  } catch {
    return undefined
  }
}

/** The data of a server-sent event. */
export function dataOf(event: string): string {
  return event
    .split(/\r\n|\r|\n/)
    .filter((line) => line.startsWith('data:'))
    .map((line) => line.slice(line[5] === ' ' ? 6 : 5))
    .join('\n')
}

/** A server-sent event with other data, and its other lines as they are. */
export function withData(event: string, data: unknown): string {
  const lines = event.split(/\r\n|\r|\n/).filter((line) => /^(?!data:)./.test(line))
  return [...lines, `data: ${JSON.stringify(data)}`, '', ''].join('\n')
}

/**
 * Two answers read as one: where the text of the first ended and the second begins with a word, there is a blank line.
 */
export function createSeam(): {
  readonly told: (text: string) => string
  readonly next: () => void
} {
  let last = ''
  let isNext = false
  return {
    told(text) {
      if (text === '') return text
      const isApart = last === '' || /\s$/.test(last) || /^\s/.test(text)
      const joined = isNext && !isApart ? `\n\n${text}` : text
      isNext = false
      last = text.slice(-1)
      return joined
    },
    next: () => void (isNext = true),
  }
}
