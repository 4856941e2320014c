import type { Chat, ChatItem, ChatState, MessageItem } from '../../src/widget/chat/chat.ts'
import type { Message, Part, Role } from '../../src/core/session/message.ts'
import type { DigestLine } from '../../src/core/session/generation.ts'
import { NO_DETAILS } from '../../src/core/session/session-details.ts'
import type { SessionState } from '../../src/protocol/events.ts'
import type {
  ContextResult,
  GenerationDetail,
  GenerationSummary,
  RollbackOutcome,
} from '../../src/protocol/requests.ts'

/** A chat that does nothing by itself: a test sets its state, and reads in `calls` what it was asked for. */
export interface FakeChat extends Chat {
  readonly calls: readonly string[]
  /** Changes the state, as whatever happens in a chat does. */
  set(patch: Partial<ChatState>): void
  /** What it answers with when asked for what is behind the conversation. */
  readonly behind: Behind
}

interface Behind {
  messages: readonly Message[]
  generations: readonly GenerationDetail[]
  context: ContextResult | null
  rollback: RollbackOutcome | null
  editDigest: boolean
  /** Runs when older messages are asked for. */
  loadOlder: () => void
  reveal: (seq: number) => string | null
}

const NO_TOKENS = { pinned: 0, digest: 0, user: 0, assistant: 0, tools: 0 }

/** A session at a glance, with what a test changes of it. */
export function fakeSessionState(patch: Partial<SessionState> = {}): SessionState {
  return {
    session: 'fake',
    generation: 0,
    mark: 0,
    newest: 0,
    messages: 0,
    budget: { tokens: 32_000, soft: 22_000, hard: 30_000 },
    tokens: { log: 0, context: 0, categories: NO_TOKENS },
    job: { status: 'idle' },
    candidate: null,
    probation: null,
    nextAction: '',
    health: { status: 'ok' },
    details: NO_DETAILS,
    ...patch,
  }
}

export function fakeMessage(
  seq: number,
  role: Role,
  content: string | readonly Part[],
  patch: Partial<Message> = {},
): Message {
  const parts = typeof content === 'string' ? [{ type: 'text' as const, text: content }] : content
  const rest = { tokens: 10, hash: '', chain: '', through: seq * 10, active: true }
  return {
    id: `m${seq}`,
    at: 1_700_000_000_000 + seq * 60_000,
    seq,
    role,
    parts,
    ...rest,
    ...patch,
  }
}

export function fakeItem(message: Message, patch: Partial<MessageItem> = {}): MessageItem {
  return {
    kind: 'message',
    key: `m${message.seq}`,
    message,
    isPinned: false,
    isCovered: false,
    rating: null,
    isNewest: false,
    ...patch,
  }
}

/** Turns of a talk from seq 1 on: `text` says what is said by whom. */
export function fakeTalk(
  count: number,
  text: (seq: number, role: Role) => string = (seq, role) => `${role} says ${seq}.`,
): readonly MessageItem[] {
  return Array.from({ length: count }, (_, index) => {
    const role = index % 2 === 0 ? 'user' : 'assistant'
    return fakeItem(fakeMessage(index + 1, role, text(index + 1, role)), {
      isNewest: index === count - 1 && role === 'assistant',
    })
  })
}

export function fakeGeneration(
  n: number,
  mark: number,
  digest: readonly DigestLine[],
): GenerationDetail {
  const summary: GenerationSummary = {
    n,
    parent: n - 1,
    status: 'applied',
    mark,
    covered: mark,
    tokensBefore: 18_300,
    tokensAfter: 1_900,
    createdAt: 1_700_000_000_000,
    appliedAt: 1_700_000_000_000,
    checks: [],
    summariser: 'built-in',
  }
  return { ...summary, digest, text: digest.map(({ text }) => text).join('\n') }
}

/** The divider of a fold up to a mark. */
export function fakeFold(
  generation: number,
  mark: number,
  isHead = true,
): Extract<ChatItem, { kind: 'fold' }> {
  const tokens = { tokensBefore: 18_300, tokensAfter: 1_900 }
  const key = `fold${generation}`
  return { kind: 'fold', key, generation, from: 1, mark, messages: mark, isHead, ...tokens }
}

export function createFakeChat(patch: Partial<ChatState> = {}): FakeChat {
  let state: ChatState = {
    session: fakeSessionState(),
    items: [],
    hasOlder: false,
    answer: null,
    failure: null,
    draft: '',
    attachments: [],
    editing: null,
    isOnline: true,
    history: [],
    ...patch,
  }
  const listeners = new Set<() => void>()
  const calls: string[] = []
  const behind: Behind = {
    messages: [],
    generations: [],
    context: null,
    rollback: { kind: 'rolled-back', from: 1, to: 0 },
    editDigest: true,
    loadOlder: () => {},
    reveal: (seq) => {
      const has = (item: ChatItem): boolean => item.kind === 'message' && item.message.seq === seq
      return state.items.find(has)?.key ?? null
    },
  }
  const set = (next: Partial<ChatState>): void => {
    state = { ...state, ...next }
    for (const listener of listeners) listener()
  }
  const note = (call: string): void => void calls.push(call)
  return {
    calls,
    behind,
    set,
    state: {
      get: () => state,
      subscribe: (listener) => {
        listeners.add(listener)
        return () => listeners.delete(listener)
      },
    },
    send: async (text) => note(`send ${text ?? state.draft}`),
    stop: () => note('stop'),
    retry: async () => note('retry'),
    regenerate: async () => note('regenerate'),
    edit: (seq) => {
      note(`edit ${seq}`)
      set({ editing: seq })
    },
    setDraft: (draft) => set({ draft }),
    attach: async (files) => note(`attach ${files.map(({ name }) => name).join()}`),
    detach: (key) => note(`detach ${key}`),
    unqueue: (key) => note(`unqueue ${key}`),
    pin: async (seq, isPinned) => note(`pin ${seq} ${isPinned}`),
    rate: async (seq, rating) => note(`rate ${seq} ${rating}`),
    loadOlder: async () => {
      note('loadOlder')
      behind.loadOlder()
    },
    reveal: async (seq) => behind.reveal(seq),
    dismiss: () => {
      note('dismiss')
      set({ failure: null })
    },
    fold: async () => {
      note('fold')
      return { kind: 'skipped', reason: 'nothing-new' }
    },
    generations: async () => behind.generations,
    generation: async (n) => behind.generations.find((one) => one.n === n) ?? null,
    editDigest: async (n, edited) => {
      note(`editDigest ${n} ${JSON.stringify(edited)}`)
      return behind.editDigest
    },
    rollback: async (n) => {
      note(`rollback ${n}`)
      return behind.rollback
    },
    messages: async (from, to) => {
      note(`messages ${from}-${to}`)
      return behind.messages.filter(({ seq }) => seq >= from && seq <= to)
    },
    recall: async (words) => {
      note(`recall ${words}`)
      return []
    },
    context: async () => behind.context,
    close: () => note('close'),
  }
}
