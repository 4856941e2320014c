import { hashText } from '../core/session/chain.ts'
import { matchKey } from '../core/session/match-key.ts'
import type { Seq } from '../core/session/message.ts'
import { reconcile } from '../core/session/reconcile.ts'
import { likeness } from '../core/session/same-conversation.ts'
import { birthOf, type SessionRow } from '../core/session/session-row.ts'
import type { EnginePorts } from './engine-ports.ts'
import { createNewest } from './newest.ts'
import { createRequestLine, type LineMessage, type RequestLine } from './request-line.ts'

/** Sessions that were made for requests which nobody named a session for. */
const PREFIX = 'auto-'

/** Sessions of a scope. No format is called so: nothing that an app names can look like it. */
const SCOPED = 'of-'
const SCOPE_DIGITS = 24

/**
 * What the ids of all sessions of a scope begin with, and of no others: nothing for no scope.
 *
 * @see SPEC.md rule HIST26
 */
export function scopePrefix(scope: string | undefined): string {
  return scope === undefined ? '' : `${SCOPED}${hashText(scope).slice(0, SCOPE_DIGITS)}-`
}

/** Sessions whose history is kept at hand. */
const MAX_LINES = 32
/** Stored sessions whose beginning is looked at. */
const MAX_LOOKED_AT = 64
/** Stored sessions that are read as a whole, where a history begins in the middle. */
const MAX_READ = 4
/** Messages at the beginning of a log in which the first that is not the system's is found. */
const BEGINNING = 10

/** Finds the session that a host's history belongs to. */
export interface ConversationFinder {
  /** The history of a session as the log has it, brought up to date. */
  line(session: string): Promise<RequestLine>
  /**
   * The session of a history, or the name for a new one.
   *
   * @param scope - What the ids of the sessions begin with that it may belong to.
   * @param mayBegin - Whether a session may be made for it. A question alone may be anything: a title that is asked for, or
   * the beginning of a conversation which the next request brings again; and so may what asks for a title.
   * @returns undefined where no session is to be made yet.
   */
  find(scope: string, keys: readonly string[], mayBegin: boolean): Promise<string | undefined>
}

/** @see SPEC.md rule HIST6 */
export function createConversationFinder({
  store,
  random,
}: Pick<EnginePorts, 'store' | 'random'>): ConversationFinder {
  const lines = createNewest<RequestLine>({ entries: MAX_LINES })
  /** The first message of stored sessions, by id and birth; it never changes. */
  const beginnings = new Map<string, string | undefined>()

  const lineOf = (session: string): RequestLine => {
    const found = lines.get(session)
    const line = found ?? createRequestLine(store, session)
    // To be looked at is not to be used: a search would turn their order round.
    if (!found) lines.add(session, line)
    return line
  }

  const likest = async (
    sessions: readonly string[],
    keys: readonly string[],
  ): Promise<string | undefined> => {
    let best: { session: string; shared: number } | undefined
    for (const session of sessions) {
      const line = lineOf(session)
      await line.refresh()
      const known = line.known()
      const relation = reconcile(known, keys)
      const shared = likeness(relation, {
        length: known.length,
        endsWithAnswer: known.at(-1)?.isAnswer === true,
        sharesAnswer: relation.kind !== 'foreign' && hasAnswer(known, relation.upTo),
      })
      if (shared > (best?.shared ?? 0)) best = { session, shared }
    }
    return best?.session
  }

  const beginningOf = async (row: SessionRow): Promise<string | undefined> => {
    const session = row.id
    const name = `${session} ${birthOf(row)}`
    if (!beginnings.has(name)) {
      const { range } = await store.read({ session, range: { from: 1, to: BEGINNING } })
      const first = range.find(({ active, role }) => active && role !== 'system')
      beginnings.set(name, first && matchKey(first))
    }
    return beginnings.get(name)
  }

  const findStored = async (
    prefix: string,
    keys: readonly string[],
  ): Promise<string | undefined> => {
    const rows = await store.listSessions()
    const others = rows
      .filter(({ id }) => id.startsWith(prefix) && lines.get(id) === undefined)
      .slice(0, MAX_LOOKED_AT)
    const alike: string[] = []
    for (const row of others) if ((await beginningOf(row)) === keys[0]) alike.push(row.id)
    return (
      (await likest(alike, keys)) ??
      likest(
        others.slice(0, MAX_READ).map(({ id }) => id),
        keys,
      )
    )
  }

  /** The same for one history, so that two tabs which begin with it at once share a session. */
  const nameNew = async (prefix: string, keys: readonly string[]): Promise<string> => {
    const name = `${prefix}${hashText(keys.join()).slice(0, 24)}`
    const { session } = await store.read({ session: name })
    return (session?.messages ?? 0) > 0 ? `${prefix}${random.id()}` : name
  }

  return {
    async line(session) {
      const line = lineOf(session)
      lines.add(session, line)
      await line.refresh()
      return line
    },
    async find(scope, keys, mayBegin) {
      const prefix = `${scope}${PREFIX}`
      const atHand = lines.keys().filter((id) => id.startsWith(prefix))
      const found = (await likest(atHand, keys)) ?? (await findStored(prefix, keys))
      return found ?? (mayBegin ? nameNew(prefix, keys) : undefined)
    },
  }
}

/** Whether the log has an answer to somebody up to there. */
function hasAnswer(known: readonly LineMessage[], upTo: Seq): boolean {
  const shared = known.filter(({ seq }) => seq <= upTo)
  const asked = shared.findIndex(({ isAnswer }) => !isAnswer)
  return asked >= 0 && shared.slice(asked).some(({ isAnswer }) => isAnswer)
}
