import { digestLine } from '../../src/core/compaction/digest-lines.ts'
import { renderDigest } from '../../src/core/compaction/digest-text.ts'
import type { SessionStore } from '../../src/core/ports/session-store.ts'
import { NO_TOKENS } from '../../src/core/session/categories.ts'
import type { Generation } from '../../src/core/session/generation.ts'
import type { SessionRow } from '../../src/core/session/session-row.ts'
import { createTexts } from './texts.ts'

/** About 20 kB of digest, as after a fold of a long session. */
const LINES = 100
const LINE_LENGTH = 180

/**
 * Makes a generation the head that covers all of the log but so many messages, without folding: a log
 * of a hundred thousand messages would take minutes, and what is measured does not depend on what the
 * digest says.
 *
 * @returns the mark.
 */
export function placeHead(store: SessionStore, id: string, tail: number): Promise<number> {
  const texts = createTexts(11)
  return store.commit({ session: id, head: true }, ({ session }) => {
    if (!session) throw new Error(`there is no session ${id}`)
    const mark = session.nextSeq - 1 - tail
    const head = createHead(session, mark, () => texts(LINE_LENGTH))
    const tailTokens = Math.round((session.tokens.log / session.messages) * tail)
    const row: SessionRow = {
      ...session,
      head: head.n,
      lastGeneration: head.n,
      headVersion: session.headVersion + 1,
      mark,
      tokens: {
        log: session.tokens.log,
        context: { ...NO_TOKENS, digest: head.digestTokens, user: tailTokens },
      },
    }
    return {
      writes: [
        { table: 'generations', row: head },
        { table: 'sessions', row },
      ],
      outcome: mark,
    }
  })
}

function createHead(session: SessionRow, mark: number, text: () => string): Generation {
  const digest = Array.from({ length: LINES }, (_, index) =>
    digestLine('facts', `${index} ${text()}`, Math.max(1, mark - index), 10),
  )
  return {
    session: session.id,
    n: session.lastGeneration + 1,
    schema: session.schema,
    parent: session.head,
    mark,
    digest,
    digestTokens: Math.round(renderDigest(digest, mark).length / 4),
    stubs: [],
    coverage: session.chain,
    covered: mark,
    tokensBefore: session.tokens.log,
    tokensAfter: 0,
    categoriesAfter: NO_TOKENS,
    summariser: 'built-in',
    checks: [],
    status: 'applied',
    job: 0,
    createdAt: 0,
    appliedAt: 0,
  }
}
