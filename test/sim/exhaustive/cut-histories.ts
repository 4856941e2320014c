import type { Draft, Message } from '../../../src/core/session/message.ts'
import {
  approvalRequest,
  approvalResponse,
  assistant,
  buildLog,
  calls,
  result,
  system,
  user,
} from '../../support/build-log.ts'

/** A call or request and, unless it is still open, its answer, by their places in the history. */
export interface Exchange {
  readonly what: 'call' | 'approval'
  readonly from: number
  to: number | undefined
}

/** A history with what the enumeration knows of it, because it put it there. */
export interface History {
  readonly messages: readonly Message[]
  readonly exchanges: readonly Exchange[]
  /** Places of the messages that start a turn. */
  readonly turns: readonly number[]
}

/** What the next message may be. */
export type Kind =
  | 'user'
  | 'assistant'
  | 'system'
  | 'empty'
  | 'call'
  | 'two-calls'
  /** A result for the call that has been open for longest, or for the newest, or for both. */
  | 'result'
  | 'newest-result'
  | 'both-results'
  | 'request'
  | 'response'
  /** A call under the id that all of these have; its result is that of the newest. */
  | 'repeated-call'
  | 'repeated-result'

export const ALL_KINDS: readonly Kind[] = [
  'user',
  'assistant',
  'system',
  'empty',
  'call',
  'two-calls',
  'result',
  'newest-result',
  'both-results',
]

export const APPROVAL_KINDS: readonly Kind[] = [
  'user',
  'assistant',
  'call',
  'result',
  'request',
  'response',
]

export const REPEATING_KINDS: readonly Kind[] = [
  'user',
  'assistant',
  'call',
  'result',
  'repeated-call',
  'repeated-result',
]

interface Open {
  readonly id: string
  readonly exchange: Exchange
}

interface Building {
  readonly messages: Message[]
  readonly exchanges: Exchange[]
  readonly turns: number[]
  readonly calls: Open[]
  readonly requests: Open[]
  readonly repeated: Open[]
}

/**
 * Shows every history of at most so many messages of these kinds, in which every answer has its question;
 * questions may stay open. The history is only valid while it is shown. Returns how many there were.
 */
export function forEachHistory(
  kinds: readonly Kind[],
  longest: number,
  show: (history: History) => void,
): number {
  const building: Building = {
    messages: [],
    exchanges: [],
    turns: [],
    calls: [],
    requests: [],
    repeated: [],
  }
  const messageOf = createMessages()
  let histories = 0
  const extend = (): void => {
    histories += 1
    show(building)
    if (building.messages.length === longest) return
    for (const kind of kinds) {
      const undo = put(building, kind, messageOf)
      if (!undo) continue
      extend()
      undo()
    }
  }
  extend()
  return histories
}

type MessageOf = (place: number, key: string, draft: Draft) => Message

/** The same few messages come over and over; each is built once. */
function createMessages(): MessageOf {
  const known = new Map<string, Message>()
  return (place, key, draft) => {
    const name = `${place} ${key}`
    const message = known.get(name) ?? built(place, draft)
    known.set(name, message)
    return message
  }
}

function built(place: number, draft: Draft): Message {
  const [message] = buildLog([draft]).messages
  if (!message) throw new RangeError('one draft makes one message')
  return { ...message, seq: place + 1 }
}

const EMPTY: Draft = { role: 'user', parts: [] }

/** Puts one message at the end; undefined if there is nothing that it could answer. */
function put(building: Building, kind: Kind, messageOf: MessageOf): (() => void) | undefined {
  const place = building.messages.length
  const say = (draft: Draft, ids: readonly string[] = []): (() => void) => {
    building.messages.push(messageOf(place, `${kind} ${ids.join()}`, draft))
    return () => void building.messages.pop()
  }
  switch (kind) {
    case 'user': {
      const undo = say(user('a request'))
      building.turns.push(place)
      return () => {
        building.turns.pop()
        undo()
      }
    }
    case 'assistant':
      return say(assistant('an answer'))
    case 'system':
      return say(system('a note'))
    case 'empty':
      return say(EMPTY)
    case 'call':
    case 'two-calls': {
      const ids = newIds(building, 'call', kind === 'call' ? 1 : 2)
      return ask(building, building.calls, ids, say(calls(...ids), ids))
    }
    case 'request': {
      const ids = newIds(building, 'approval', 1)
      return ask(building, building.requests, ids, say(approvalRequest(ids[0] ?? '', ''), ids))
    }
    case 'repeated-call':
      return ask(building, building.repeated, ['again'], say(calls('again')))
    default:
      return answer(building, kind, messageOf)
  }
}

/** Ids that are new among their like. A call and an approval may have the same one. */
function newIds({ exchanges }: Building, what: Exchange['what'], count: number): readonly string[] {
  const used = exchanges.filter((exchange) => exchange.what === what).length
  return Array.from({ length: count }, (_, index) => `x${used + index}`)
}

function ask(
  building: Building,
  open: Open[],
  ids: readonly string[],
  undo: () => void,
): () => void {
  const what = open === building.requests ? 'approval' : 'call'
  const from = building.messages.length - 1
  for (const id of ids) {
    const exchange: Exchange = { what, from, to: undefined }
    building.exchanges.push(exchange)
    open.push({ id, exchange })
  }
  return () => {
    building.exchanges.length -= ids.length
    open.length -= ids.length
    undo()
  }
}

function answer(building: Building, kind: Answer, messageOf: MessageOf): (() => void) | undefined {
  const open = questionsOf(building, kind)
  // With one open call its result is the oldest and the newest: that is one history, not two.
  if (open.length < (kind === 'newest-result' || kind === 'both-results' ? 2 : 1)) return undefined
  const before = [...open]
  const answered = pick(open, kind)
  const place = building.messages.length
  const ids = answered.map(({ id }) => id)
  building.messages.push(messageOf(place, `${kind} ${ids.join()}`, draftOf(kind, ids)))
  for (const { exchange } of answered) exchange.to = place
  return () => {
    for (const { exchange } of answered) exchange.to = undefined
    building.messages.pop()
    open.splice(0, open.length, ...before)
  }
}

type Answer = Extract<Kind, `${string}result` | `${string}results` | 'response'>

function questionsOf({ calls, requests, repeated }: Building, kind: Answer): Open[] {
  if (kind === 'response') return requests
  return kind === 'repeated-result' ? repeated : calls
}

/** Takes what is answered off the open ones, in the order in which the message answers it. */
function pick(open: Open[], kind: Kind): readonly Open[] {
  switch (kind) {
    case 'newest-result':
    case 'repeated-result':
      return open.splice(-1)
    case 'both-results':
      return open.splice(-2).toReversed()
    default:
      return open.splice(0, 1)
  }
}

function draftOf(kind: Kind, ids: readonly string[]): Draft {
  if (kind === 'response') return approvalResponse(ids[0] ?? '')
  return { role: 'tool', parts: ids.flatMap((id) => result(id).parts) }
}
