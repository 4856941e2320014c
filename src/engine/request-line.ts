import { hashText } from '../core/session/chain.ts'
import { matchKey } from '../core/session/match-key.ts'
import type { Draft, Message, Seq } from '../core/session/message.ts'
import type { KnownMessage } from '../core/session/reconcile.ts'
import { birthOf } from '../core/session/session-row.ts'
import type { SessionStore } from '../core/ports/session-store.ts'
import { oneByOne } from '../protocol/one-by-one.ts'
import { readSlices } from './read-slices.ts'

/** Messages read in one transaction; nobody is in a hurry to append while a history is first looked at. */
const SLICE = 32

/** What is known of a session's active path, to find a host's history in it. */
export interface RequestLine {
  /** Brings it up to date with the store, whoever wrote there. */
  refresh(): Promise<void>
  /** Active messages but for those of the system, ascending. */
  known(): readonly LineMessage[]
  /** Whether the log begins with system messages. */
  hasSystem(): boolean
  /** Number of branches of the log, for names that are issued once. */
  branch(): number
}

export interface LineMessage extends KnownMessage {
  readonly tokens: number
  /** Whether the model said it. */
  readonly isAnswer: boolean
  /** Names the message with all before it. */
  readonly link: string
}

/** Follows a session's active path. It is read once, and then as it grows; anew after a branch. */
export function createRequestLine(store: Pick<SessionStore, 'read'>, session: string): RequestLine {
  let known: LineMessage[] = []
  let nextSeq: Seq = 1
  let branch = 0
  let birth: string | undefined
  let system = false

  const add = (message: Message): void => {
    if (message.role === 'system') {
      system = true
      return
    }
    const key = matchKey(message)
    const { seq, tokens, role } = message
    const link = linkOf(known.at(-1)?.link, key)
    known.push({ seq, key, tokens, isAnswer: role === 'assistant', link })
  }

  const read = async (): Promise<void> => {
    const { session: row } = await store.read({ session })
    // Its messages were another session's, or left behind.
    if (!row || row.branch !== branch || birthOf(row) !== birth) {
      known = []
      system = false
      nextSeq = 1
      branch = row?.branch ?? 0
      birth = row && birthOf(row)
    }
    if (!row) return
    const to = row.nextSeq - 1
    for (const message of await readSlices(store, session, { from: nextSeq, to }, SLICE)) {
      add(message)
    }
    nextSeq = row.nextSeq
  }

  // A request may look for its history here while an answer to the one before it is recorded: two readings at once
  // would add what is new twice.
  const inTurn = oneByOne()
  return {
    refresh: () => inTurn(read),
    known: () => known,
    hasSystem: () => system,
    branch: () => branch,
  }
}

/** The name of a message with all before it. */
export function linkOf(before: string | undefined, key: string): string {
  return hashText(`${before ?? ''} ${key}`).slice(0, 24)
}

/** A message of a request, as it is looked for. */
export interface KeyedDraft {
  readonly draft: Draft
  /** Missing for messages of the system. */
  readonly key?: string
}

/** Keys of a request's messages. */
export function keyed(
  drafts: readonly Draft[],
  keyOf: (draft: Draft) => string,
): readonly KeyedDraft[] {
  return drafts.map((draft) => (draft.role === 'system' ? { draft } : { draft, key: keyOf(draft) }))
}
