import { contentHash, extendChain } from './chain.ts'
import type { Generation } from './generation.ts'
import type { Message, Seq } from './message.ts'
import type { SessionRow } from './session-row.ts'

/** Something that does not fit together. */
export interface Problem {
  readonly what: ProblemKind
  /** Which row, such as `message 12`. */
  readonly where: string
}

export type ProblemKind =
  /** A row that should be there is not. */
  | 'missing'
  /** A row that can't be read, or is of no shape that is known. */
  | 'unreadable'
  /** What it says is not what its hash stands for. */
  | 'content'
  /** Its hash over all before it is not the one that follows from them. */
  | 'chain'
  /** Its running sum of tokens does not follow from those before. */
  | 'sum'
  /** The session's row counts otherwise than its log. */
  | 'counters'
  /** A generation covers something else than it says. */
  | 'coverage'
  /** A generation was built on one that is not there. */
  | 'parent'
  /** A segment of the index for recall is damaged; it is made anew by the next recall. */
  | 'index'

/** What came of looking whether everything that is stored of a session fits together. */
export interface Integrity {
  readonly isSound: boolean
  /** Messages that were looked at. */
  readonly messages: number
  /** At most 1,000. */
  readonly problems: readonly Problem[]
}

/** Goes through a log message by message. */
export interface LogVerifier {
  /** The message at the next position; undefined if it is missing, or could not be read. */
  add(message: Message | undefined, isReadable?: boolean): void
  /** After the last message. */
  end(session: SessionRow): void
  /** The chain hash at a position of the active path; undefined where there is none. */
  chainAt(seq: Seq): string | undefined
}

/**
 * Checks the content of every message, and of the active path the chain of hashes and the running sums. One problem is
 * told once: what stands above it is checked against itself.
 *
 * @param marks - Positions at which a generation says what it covers.
 * @see SPEC.md rules VER1–VER3
 */
export function createLogVerifier(
  marks: ReadonlySet<Seq>,
  tell: (problem: Problem) => void,
): LogVerifier {
  let [seq, active, chain, through] = [0, 0, '', 0]
  let isWhole = true
  /** Nothing is missing so far: then the counts have to be right. */
  let isComplete = true
  const chains = new Map<Seq, string>()
  const addFound = (message: Message, where: string): void => {
    const hash = contentHash(message)
    if (message.seq !== seq) tell({ what: 'unreadable', where })
    if (hash !== message.hash) tell({ what: 'content', where })
    if (!message.active) return
    active += 1
    if (isWhole) {
      if (extendChain(chain, message.hash) !== message.chain) tell({ what: 'chain', where })
      if (through + message.tokens !== message.through) tell({ what: 'sum', where })
    }
    isWhole = true
    ;({ chain, through } = message)
    if (marks.has(seq)) chains.set(seq, chain)
  }
  return {
    add(message, isReadable = true) {
      seq += 1
      const where = `message ${seq}`
      try {
        if (message) {
          addFound(message, where)
          return
        }
        tell({ what: isReadable ? 'missing' : 'unreadable', where })
      } catch {
        // Its shape is no message's.
        tell({ what: 'unreadable', where })
      }
      isWhole = false
      isComplete = false
    },
    end(session) {
      const counts =
        session.nextSeq === seq + 1 && session.messages === active && session.tokens.log === through
      if (isComplete && (!counts || session.chain !== chain)) {
        tell({ what: 'counters', where: 'session' })
      }
    },
    chainAt: (at) => chains.get(at),
  }
}

/**
 * Checks that every generation was built on one that is there, and that what can be the head covers what it says.
 *
 * @see SPEC.md rule VER4
 */
export function verifyGenerations(
  session: SessionRow,
  generations: readonly Generation[],
  chainAt: (seq: Seq) => string | undefined,
  tell: (problem: Problem) => void,
): void {
  const known = new Set([0, ...generations.map(({ n }) => n)])
  for (const n of new Set([session.head, session.candidate])) {
    if (!known.has(n)) tell({ what: 'missing', where: `generation ${n}` })
  }
  for (const { n, parent, mark, coverage } of generations) {
    const where = `generation ${n}`
    if (!known.has(parent) || parent >= n) tell({ what: 'parent', where })
    const isHead = n === session.head
    if (isHead && mark !== session.mark) tell({ what: 'counters', where: 'session' })
    if (isHead && chainAt(mark) !== coverage) tell({ what: 'coverage', where })
  }
}
