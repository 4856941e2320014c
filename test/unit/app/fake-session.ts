import type { Session } from '../../../src/client/session.ts'
import { NO_DETAILS } from '../../../src/core/session/session-details.ts'
import type { Draft, Message } from '../../../src/core/session/message.ts'
import type { SessionEvent, SessionState } from '../../../src/protocol/events.ts'
import type { ContextResult } from '../../../src/protocol/requests.ts'

/** A session whose log is a plain array; it never folds. What it was asked is in `calls`. */
export interface FakeSession extends Session {
  readonly log: Message[]
  readonly calls: string[]
  /** Makes the next appends fail with this. */
  failWith: Error | null
  /** How often messages have changed places because of other devices; null where there are none. */
  moves: number | null
  /** Newest message that the server has confirmed. */
  confirmed: number
  /** Tells all who watch the state that it is another one. */
  changed(): void
  emit(event: SessionEvent): void
}

const NO_TOKENS = { pinned: 0, digest: 0, user: 0, assistant: 0, tools: 0 }

export function createFakeSession(id = 'fake'): FakeSession {
  const log: Message[] = []
  const calls: string[] = []
  const watchers = new Set<() => void>()
  const listeners = new Set<(event: SessionEvent) => void>()
  const state = (): SessionState => ({
    session: id,
    details: NO_DETAILS,
    generation: 0,
    mark: 0,
    newest: log.length,
    messages: log.filter(({ active }) => active).length,
    budget: { tokens: 1_000, soft: 700, hard: 950 },
    tokens: { log: log.length, context: log.length, categories: NO_TOKENS },
    job: { status: 'idle' },
    candidate: null,
    probation: null,
    nextAction: '',
    health: { status: 'ok' },
    ...(session.moves === null
      ? {}
      : { sync: { confirmed: session.confirmed, pending: 0, moves: session.moves } }),
  })
  const refuse = (): never => {
    throw new Error('not part of this fake')
  }
  const session: FakeSession = {
    id,
    log,
    calls,
    failWith: null,
    moves: null,
    confirmed: 0,
    changed: () => {
      for (const watcher of watchers) watcher()
    },
    emit: (event) => {
      for (const listener of listeners) listener(event)
    },
    state: {
      get: state,
      subscribe: (listener) => {
        watchers.add(listener)
        return () => watchers.delete(listener)
      },
    },
    describe: refuse,
    verify: refuse,
    append: async (...inputs) => {
      if (session.failWith !== null) throw session.failWith
      const known = log.find((message) => message.id === inputs[0]?.id)
      const seq = known?.seq ?? log.length + 1
      const draft = inputs[0] as unknown as Draft
      if (known === undefined) log.push(storedMessage(draft, seq))
      calls.push(`append ${seq}`)
      for (const watcher of watchers) watcher()
      return { seqs: [seq], ids: [String(seq)], tokens: [1] }
    },
    context: async <M>(options?: { adopt?: boolean }) => {
      calls.push(`context${options?.adopt === false ? ' look' : ''}`)
      return { messages: log.map(wire), entries: [] } as unknown as ContextResult<M>
    },
    recall: async (query) => {
      if (typeof query === 'string' || !('from' in query)) return refuse()
      calls.push(`recall ${query.from}-${query.to}`)
      const messages = log.filter(({ seq }) => seq >= query.from && seq <= query.to)
      return { kind: 'messages', messages }
    },
    recallTools: refuse,
    runTool: refuse,
    answerTools: refuse,
    memory: async () => [],
    rules: refuse,
    facts: refuse,
    editDigest: refuse,
    undo: refuse,
    reportUsage: async ({ inputTokens, model }) => {
      calls.push(`usage ${inputTokens} ${model}`)
      return 1
    },
    generations: async () => [],
    pads: async () => ({ pads: [] }),
    jobs: async () => [],
    compact: async () => ({ kind: 'skipped', reason: 'nothing-new' }),
    apply: async () => ({ kind: 'refused', reason: 'no-candidate' }),
    cancel: async () => false,
    rollback: async (n) => ({ kind: 'rolled-back', from: 9, to: n }),
    pin: async (seq) => [seq],
    unpin: async () => [],
    export: () => new ReadableStream(),
    markdown: async () => '',
    configure: async ({ budget }) => {
      calls.push(`budget ${budget?.tokens}`)
      return state()
    },
    generation: async () => refuse(),
    diff: async () => refuse(),
    branch: async () => refuse(),
    on: (_type, listener) => {
      const own = listener as (event: SessionEvent) => void
      listeners.add(own)
      return () => listeners.delete(own)
    },
  }
  return session
}

function storedMessage(draft: Draft, seq: number): Message {
  const rest = { seq, through: seq, at: 0, tokens: 1, hash: '', chain: '', active: true }
  return { ...draft, ...rest, id: draft.id ?? `id-${seq}` }
}

function wire(message: Message): unknown {
  return { role: message.role, content: message.parts }
}
