import { isBackfoldError } from '../../../src/core/backfold-error.ts'
import type { Call } from '../../../src/client/create-backfold.ts'
import { hashText } from '../../../src/core/session/chain.ts'
import type { Message, Part, Seq } from '../../../src/core/session/message.ts'
import type { PolicyOptions } from '../../../src/core/session/policy.ts'
import { createKeyedQueue } from '../../../src/engine/keyed-queue.ts'
import { createNewest } from '../../../src/engine/newest.ts'
import type { SessionState } from '../../../src/protocol/events.ts'
import type { MessageInput } from '../../../src/protocol/requests.ts'
import type { Captured } from '../../sites/site.ts'
import type { ExactCounts } from '../exact-counts.ts'
import { knowLog, type KnownTurn } from './known-log.ts'
import { planArchive, type ArchiveItem, type ArchiveStep } from './plan-archive.ts'
import { isReadable, sizeOfCapture } from './readable-capture.ts'
import { turnNameOf } from './turn-id.ts'
import { prepareWords, wordsOf } from './turn-words.ts'

/** A chat of a page. */
export interface ChatPlace {
  /** As the browser says it. */
  readonly origin: string
  /** Address of the chat; null where the page that told of it shows another one by now. */
  readonly url: string | null
}

export interface Archived {
  readonly session: string
  readonly kind: 'written' | 'known' | 'nothing'
  /** Whether the session was made for it. */
  readonly isNew: boolean
}

export interface ArchiveWriter {
  /** Writes what was learnt of a chat. Resolves once it is stored. */
  take(captured: Captured, place: ChatPlace): Promise<Archived>
  /** Reads a session that is there, and counts it. */
  look(session: string): Promise<void>
  /** Exact tokens of the active path; undefined while they are not counted. */
  tokens(session: string): number | undefined
  /** The session was deleted, or somebody else wrote to it. */
  forget(session: string): void
}

export interface WriterDeps {
  readonly call: Call
  readonly counts: ExactCounts
  readonly policy: (captured: Captured, place: ChatPlace) => PolicyOptions
  /** Whether one more session may be made for an origin; asked only where one would be. */
  readonly mayBegin: (origin: string) => boolean
  /** Lets others have their turn. */
  readonly rest: () => Promise<void>
  /** Tokens were counted anew. */
  readonly onCounted: (session: string) => void
}

/** Sessions whose logs are known, and messages that are read at once. */
const MOST_LOGS = 16
const SLICE = 500
/** Captures of a chat that wait for what comes before them. */
const MOST_WAITING = 100
/** How often they are gone through for one that was written. */
const MOST_PASSES = 3
/** Their characters, of all chats together. */
const MOST_WAITING_SIZE = 32_000_000
/** Captures of one chat that wait to be written. */
const MOST_QUEUED = 64
const MOST_TITLE = 500
const MOST_NAME = 200

type Log = readonly KnownTurn[]

const NOTHING: Archived = { session: '', kind: 'nothing', isNew: false }

/** The session of a chat: the same for the same chat of the same origin, and for no other. */
export function sessionOfChat(
  captured: Pick<Captured, 'site' | 'conversation'>,
  origin: string,
): string {
  const { site, conversation } = captured
  return `chat-${site}-${hashText(JSON.stringify([origin, site, conversation])).slice(0, 40)}`
}

/** @see SPEC.md rules ARCH14–ARCH17 */
export function createArchiveWriter({
  call,
  counts,
  policy,
  mayBegin,
  rest,
  onCounted,
}: WriterDeps): ArchiveWriter {
  const queue = createKeyedQueue()
  const logs = createNewest<Log | null>({ entries: MOST_LOGS })
  const tokens = createNewest<Map<string, number>>({ entries: MOST_LOGS })
  const waiting = createNewest<readonly Captured[]>({
    entries: MOST_LOGS,
    size: MOST_WAITING_SIZE,
  })
  const queued = new Map<string, number>()

  /** Exact tokens of a session's messages by id. */
  const tokensOf = (session: string): Map<string, number> => {
    const found = tokens.get(session) ?? new Map<string, number>()
    tokens.add(session, found)
    return found
  }

  const stateOf = async (session: string): Promise<SessionState | null> => {
    try {
      // Opened and not only looked at, so that a job which a former host left unfinished goes on.
      return await call('open', { session, existing: true })
    } catch (failure) {
      if (isBackfoldError(failure) && failure.code === 'SESSION_NOT_FOUND') return null
      throw failure
    }
  }

  const read = async (session: string, newest: Seq): Promise<readonly Message[]> => {
    const messages: Message[] = []
    for (let from = 1; from <= newest; from += SLICE) {
      const to = Math.min(newest, from + SLICE - 1)
      const found = await call('recall', { session, query: { from, to } })
      if (found.kind !== 'messages') continue
      await prepareWords(found.messages, rest)
      messages.push(...found.messages)
    }
    return messages
  }

  const logOf = async (session: string, state: SessionState | null): Promise<Log> => {
    if (!state) return []
    const found = logs.get(session)
    const active = found?.reduce((sum, one) => sum + Number(one.active), 0)
    if (found && found.length === state.newest && active === state.messages) return found
    return knowLog(await read(session, state.newest))
  }

  const write = async (session: string, log: Log, steps: readonly ArchiveStep[]): Promise<Log> => {
    let known = [...log]
    for (const { behind, append } of steps) {
      if (behind !== undefined) {
        const after = known.find(({ id }) => id === behind)?.seq ?? 0
        await call('branch', { session, after })
        known = known.map((one) => (one.seq > after ? { ...one, active: false } : one))
      }
      const messages = await Promise.all(append.map((item) => inputOf(session, item)))
      const ids = append.map(({ id }) => id)
      const { seqs } = await call('append', { session, messages, ids })
      for (const [at, { id, role, parts }] of messages.entries()) {
        const seq = known.length + 1
        if (seqs[at] !== seq) throw new Error('somebody else wrote to the session')
        known.push({
          ...turnNameOf(id),
          ...wordsOf(role, parts),
          ...{ id, role, seq, active: true },
          before: known.findLast(({ active }) => active)?.id ?? null,
        })
        const exact = await counts.count(parts)
        if (exact !== undefined) tokensOf(session).set(id, exact)
      }
    }
    return known
  }

  const inputOf = async (session: string, item: ArchiveItem): Promise<Input> => {
    if (!('copyOf' in item)) return item
    const query = { from: item.copyOf, to: item.copyOf }
    const found = await call('recall', { session, query })
    const [message] = found.kind === 'messages' ? found.messages : []
    if (!message) throw new Error('what was to be copied is gone')
    return { id: item.id, role: message.role, parts: message.parts, at: message.at }
  }

  const describe = async (
    { details }: Pick<SessionState, 'details'>,
    session: string,
    captured: Captured,
    { origin, url }: ChatPlace,
  ): Promise<void> => {
    const { site, conversation } = captured
    const title = captured.title?.trim().slice(0, MOST_TITLE) || details.title
    const known = readChat(details.host['chat'])
    const model = captured.model?.slice(0, MOST_NAME) ?? known?.model
    const stored = { site, origin, conversation, url: url ?? known?.url ?? origin }
    const chat = JSON.stringify({ ...stored, ...(model && { model }) })
    if (title === details.title && chat === details.host['chat']) return
    // A title that a person gave stays.
    const isOwn = details.title !== '' && details.title !== details.host['title']
    const patch = { host: { chat, title }, ...(isOwn ? {} : { title }) }
    await call('describe', { session, patch })
  }

  const wait = (session: string, captures: readonly Captured[]): void => {
    const newest = captures.slice(-MOST_WAITING)
    const size = newest.reduce((sum, one) => sum + sizeOfCapture(one), 0)
    waiting.add(session, newest, size)
  }

  const countAll = async (session: string): Promise<void> => {
    const log = logs.get(session)
    const counted = tokensOf(session)
    const open = log?.filter(({ active, id }) => active && !counted.has(id)) ?? []
    const to = open.at(-1)?.seq ?? 0
    for (let from = open[0]?.seq ?? 1; from <= to; from += SLICE) {
      const query = { from, to: Math.min(to, from + SLICE - 1) }
      const found = await call('recall', { session, query })
      for (const { id, parts } of found.kind === 'messages' ? found.messages : []) {
        if (counted.has(id)) continue
        const exact = await counts.count(parts)
        if (exact === undefined) return
        counted.set(id, exact)
      }
    }
    onCounted(session)
  }

  const takeOne = async (
    session: string,
    captured: Captured,
    place: ChatPlace,
  ): Promise<Archived> => {
    let state = await stateOf(session)
    let log = await logOf(session, state)
    const isNew = log.length === 0
    /** Writes one, if its place is known; null where no session may be made for it. */
    const put = async (one: Captured): Promise<'written' | 'known' | 'unconnected' | null> => {
      await prepareWords(one.turns, rest)
      const plan = planArchive(log, one)
      if (plan.kind === 'nothing') return plan.reason === 'unconnected' ? plan.reason : 'known'
      if (!state && !mayBegin(place.origin)) return null
      state ??= await call('open', { session, options: policy(captured, place) })
      log = await write(session, log, plan.steps)
      logs.add(session, log)
      return 'written'
    }
    const came = await put(captured)
    if (came === null) return NOTHING
    const others = (waiting.get(session) ?? []).filter((one) => one !== captured)
    if (came === 'unconnected') wait(session, [...others, captured])
    // What waits is looked at once there is something new that it may go on from.
    let open = came === 'written' ? others : []
    for (let pass = 0, isNews = open.length > 0; isNews && pass < MOST_PASSES; pass += 1) {
      isNews = false
      const left = new Set(open)
      for (const one of fromTheTop(open)) {
        const was = await put(one)
        if (was === 'written') isNews = true
        if (was !== 'unconnected') left.delete(one)
      }
      open = open.filter((one) => left.has(one))
      wait(session, open)
    }
    if (!state) return NOTHING
    logs.add(session, log)
    await describe(state, session, captured, place)
    void queue.run(session, () => countAll(session)).catch(() => {})
    const isWritten = came === 'written'
    return { session, kind: isWritten ? came : 'known', isNew: isNew && isWritten }
  }

  return {
    async take(captured, place) {
      if (!isReadable(captured)) return NOTHING
      const session = sessionOfChat(captured, place.origin)
      const before = queued.get(session) ?? 0
      if (before >= MOST_QUEUED) throw new Error('too much of this chat waits to be written')
      queued.set(session, before + 1)
      const once = (): Promise<Archived> => takeOne(session, captured, place)
      const again = (): Promise<Archived> => {
        // Another host wrote to it, or the worker died: what is stored says how far it came.
        logs.add(session, null)
        return once()
      }
      try {
        return await queue.run(session, () => once().catch(again))
      } catch (failure) {
        logs.add(session, null)
        throw failure
      } finally {
        const now = (queued.get(session) ?? 1) - 1
        if (now === 0) queued.delete(session)
        else queued.set(session, now)
      }
    },
    look: (session) =>
      queue.run(session, async () => {
        const state = await stateOf(session)
        if (!state) return
        logs.add(session, await logOf(session, state))
        await countAll(session)
      }),
    tokens(session) {
      const log = logs.get(session)
      if (!log) return undefined
      const counted = tokensOf(session)
      let sum = 0
      for (const { active, id } of log) {
        if (!active) continue
        const exact = counted.get(id)
        if (exact === undefined) return undefined
        sum += exact
      }
      return sum
    },
    forget(session) {
      logs.add(session, null)
      waiting.add(session, [])
    },
  }
}

/**
 * Responses as they came, because the newest one counts; then what is mounted, the newest first, because a long chat
 * is mounted from its end to its beginning.
 */
function fromTheTop(captures: readonly Captured[]): readonly Captured[] {
  const isDrawn = (one: Captured): boolean => one.kind === 'turns' && one.from === 'page'
  return [...captures.filter((one) => !isDrawn(one)), ...captures.filter(isDrawn).toReversed()]
}

type Input = MessageInput & {
  readonly id: string
  readonly role: Message['role']
  readonly parts: readonly Part[]
}

/** What is stored beside a session of a hosted chat. */
export interface StoredChat {
  readonly site: string
  readonly origin: string
  readonly conversation: string
  readonly url: string
  readonly model?: string
}

/** What `details.host.chat` says; null where it says nothing that makes sense. */
export function readChat(stored: string | undefined): StoredChat | null {
  if (stored === undefined) return null
  try {
    const read: unknown = JSON.parse(stored)
    return typeof read === 'object' && read !== null ? (read as StoredChat) : null
  } catch {
    return null
  }
}
