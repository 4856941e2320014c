import type { Message, Seq } from '../../../core/session/message.ts'
import type { SessionState } from '../../../protocol/events.ts'
import type { GenerationSummary } from '../../../protocol/requests.ts'
import type { Attachment, ChatAnswer, ChatFailure, ChatItem, ChatState } from '../chat.ts'
import { readHistory } from './host-texts.ts'
import { layOutItems } from './lay-out-items.ts'
import type { LoadedLog } from './loaded-log.ts'
import { addSlice } from './loaded-log.ts'
import { reuseItems } from './reuse-items.ts'

/** What is being written. */
export interface Composed {
  readonly draft: string
  readonly attachments: readonly Attachment[]
  readonly editing: Seq | null
}

/** All that a chat knows. */
export interface ChatCore extends Composed {
  readonly session: SessionState
  readonly log: LoadedLog
  readonly generations: readonly GenerationSummary[]
  readonly answer: ChatAnswer | null
  /** Id that the message of the answer is going to have; empty where none is known. */
  readonly answerId: string
  readonly failure: ChatFailure | null
  readonly isOnline: boolean
  /** What was being written when editing began. */
  readonly aside: Composed | null
}

/** What happens to a chat. */
export type ChatEvent =
  | { readonly type: 'session'; readonly session: SessionState }
  | { readonly type: 'read'; readonly slice: readonly Message[] }
  | { readonly type: 'generations'; readonly generations: readonly GenerationSummary[] }
  /** With the id that its message is going to have. */
  | { readonly type: 'answer'; readonly answer: ChatAnswer | null; readonly id?: string }
  | { readonly type: 'failure'; readonly failure: ChatFailure | null }
  | { readonly type: 'online'; readonly isOnline: boolean }
  | { readonly type: 'typed'; readonly draft: string }
  | { readonly type: 'attached'; readonly attachments: readonly Attachment[] }
  | { readonly type: 'detached'; readonly key: string }
  | {
      readonly type: 'editing'
      readonly seq: Seq
      readonly text: string
      readonly attachments: readonly Attachment[]
    }
  | { readonly type: 'not-editing' }
  /** What was written is on its way. */
  | { readonly type: 'taken' }
  /** What was on its way comes back, in front of what was written since. */
  | { readonly type: 'returned'; readonly composed: Composed }

/** A chat of which nothing was read yet. */
export function newChat(session: SessionState, isOnline: boolean): ChatCore {
  return {
    session,
    log: { from: session.newest + 1, messages: [] },
    generations: [],
    answer: null,
    answerId: '',
    failure: null,
    isOnline,
    draft: '',
    attachments: [],
    editing: null,
    aside: null,
  }
}

/** What an event makes of a chat: total and pure. @see SPEC.md rules CHAT2, CHAT8 */
export function reduceChat(chat: ChatCore, event: ChatEvent): ChatCore {
  switch (event.type) {
    case 'session':
      return { ...chat, session: event.session }
    case 'read':
      return addRead(chat, event.slice)
    case 'generations':
      return { ...chat, generations: event.generations }
    case 'answer':
      return { ...chat, answer: event.answer, answerId: event.id ?? '' }
    case 'failure':
      return { ...chat, failure: event.failure }
    case 'online':
      return { ...chat, isOnline: event.isOnline }
    case 'typed':
      return { ...chat, draft: event.draft }
    case 'attached':
      return { ...chat, attachments: [...chat.attachments, ...event.attachments] }
    case 'detached':
      return {
        ...chat,
        attachments: chat.attachments.filter(({ key }) => key !== event.key),
      }
    case 'editing': {
      const { seq, text, attachments } = event
      // Editing another message meanwhile changes nothing of what was set aside first.
      const aside = chat.editing === null ? composedOf(chat) : chat.aside
      return { ...chat, editing: seq, draft: text, attachments, aside }
    }
    case 'not-editing':
      return chat.editing === null ? chat : { ...chat, ...(chat.aside ?? NOTHING), aside: null }
    case 'taken':
      return { ...chat, ...(chat.aside ?? NOTHING), aside: null }
    case 'returned':
      return giveBack(chat, event.composed)
  }
}

/** An answer that is in the log is drawn there, and nowhere else. */
function addRead(chat: ChatCore, slice: readonly Message[]): ChatCore {
  const log = addSlice(chat.log, slice)
  const { answer, answerId } = chat
  if (answer === null || answerId === '' || log === chat.log) return { ...chat, log }
  if (!slice.some(({ id }) => id === answerId)) return { ...chat, log }
  return { ...chat, log, answer: { ...answer, text: '', reasoning: '', calls: [] } }
}

const NOTHING: Composed = { draft: '', attachments: [], editing: null }

/** What is being written now. */
export function composedOf({ draft, attachments, editing }: ChatCore): Composed {
  return { draft, attachments, editing }
}

function giveBack(chat: ChatCore, { draft, attachments, editing }: Composed): ChatCore {
  const texts = [draft, chat.draft].filter((text) => text !== '')
  return {
    ...chat,
    draft: texts.join('\n\n'),
    attachments: [...attachments, ...chat.attachments],
    editing: chat.editing ?? editing,
    aside: chat.aside,
  }
}

/** Draws states from what a chat knows, with unchanged parts the same objects. @see SPEC.md rule CHAT7 */
export function createChatView(): (chat: ChatCore) => ChatState {
  let last: { readonly chat: ChatCore; readonly state: ChatState } | null = null
  return (chat) => {
    if (last?.chat === chat) return last.state
    const before = last
    const { host } = chat.session.details
    const isLaidOut =
      before !== null &&
      before.chat.log === chat.log &&
      before.chat.generations === chat.generations &&
      isDrawnAlike(before.chat.session, chat.session)
    const items: readonly ChatItem[] = isLaidOut
      ? before.state.items
      : reuseItems(
          before?.state.items ?? [],
          layOutItems({
            messages: chat.log.messages,
            generations: chat.generations,
            head: chat.session.generation,
            mark: chat.session.mark,
            pins: chat.session.pins ?? [],
            host,
          }),
        )
    const sameHost = before !== null && areAlike(before.chat.session.details.host, host)
    const { session, answer, failure, draft, attachments, editing, isOnline } = chat
    const state: ChatState = {
      session,
      items,
      hasOlder: chat.log.from > 1,
      answer,
      failure,
      draft,
      attachments,
      editing,
      isOnline,
      history: sameHost ? before.state.history : readHistory(host),
    }
    last = { chat, state }
    return state
  }
}

/** Whether two states of a session give the same items. They cross a thread, so nothing in them is the same object. */
function isDrawnAlike(a: SessionState, b: SessionState): boolean {
  return (
    a === b ||
    (a.generation === b.generation &&
      a.mark === b.mark &&
      areAlike(Object.assign({}, a.pins), Object.assign({}, b.pins)) &&
      areAlike(a.details.host, b.details.host))
  )
}

function areAlike(a: object, b: object): boolean {
  const others: Readonly<Record<string, unknown>> = { ...b }
  const entries = Object.entries(a)
  return (
    entries.length === Object.keys(others).length &&
    entries.every(([name, value]) => others[name] === value)
  )
}
