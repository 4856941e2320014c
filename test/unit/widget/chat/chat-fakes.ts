import type {
  ChatModel,
  ChatOutcome,
  ChatRequest,
} from '../../../../src/widget/chat/ask/chat-model.ts'
import { EMPTY_COMPLETION } from '../../../../src/widget/chat/ask/completion-stream.ts'
import { createPageLocks, type ChatWorld } from '../../../../src/widget/chat/shell/chat-world.ts'

/** A world of which a test decides everything. */
export interface FakeWorld extends ChatWorld {
  setOnline(isOnline: boolean): void
  hide(): void
}

let issued = 0

export function fakeWorld(locks: ChatWorld['lock'] = createPageLocks()): FakeWorld {
  let isOnline = true
  const connection = new Set<() => void>()
  const hidden = new Set<() => void>()
  const listen = (listeners: Set<() => void>, listener: () => void): (() => void) => {
    listeners.add(listener)
    return () => void listeners.delete(listener)
  }
  return {
    isOnline: () => isOnline,
    onConnection: (listener) => listen(connection, listener),
    onHidden: (listener) => listen(hidden, listener),
    lock: locks,
    issueId: () => `id-${(issued += 1)}`,
    now: () => (issued += 1),
    later: (work) => {
      let isOver = false
      queueMicrotask(() => {
        if (!isOver) work()
      })
      return () => void (isOver = true)
    },
    setOnline(next) {
      isOnline = next
      for (const listener of connection) listener()
    },
    hide() {
      for (const listener of hidden) listener()
    },
  }
}

/** A model that answers as it is told, one script for each request. */
export interface FakeModel extends ChatModel {
  readonly asked: ChatRequest[]
  plan(answer: (request: ChatRequest) => Promise<ChatOutcome> | ChatOutcome): void
}

/** An answer of chat completions, whole. */
export function said(text: string, calls: readonly object[] = []): ChatOutcome {
  const message = {
    role: 'assistant',
    content: text === '' ? null : text,
    ...(calls.length === 0 ? {} : { tool_calls: calls }),
  }
  return {
    kind: 'finished',
    completion: { ...EMPTY_COMPLETION, text, finished: true, inputTokens: 10 },
    wire: { format: 'openai', message },
  }
}

export function fakeModel(needsNetwork = true): FakeModel {
  const plans: ((request: ChatRequest) => Promise<ChatOutcome> | ChatOutcome)[] = []
  const asked: ChatRequest[] = []
  return {
    format: 'openai',
    takesImages: true,
    toolFormat: 'openai',
    needsNetwork,
    provider: '',
    model: 'small',
    asked,
    plan: (answer) => void plans.push(answer),
    async ask(request) {
      asked.push(request)
      const plan = plans.shift()
      return plan === undefined ? said(`answer ${asked.length}`) : plan(request)
    },
  }
}

/** An answer that holds until the test lets it go, or it is stopped. */
export function held(text: string): {
  readonly plan: (request: ChatRequest) => Promise<ChatOutcome>
  readonly release: () => void
} {
  let release = (): void => {}
  const gate = new Promise<void>((resolve) => {
    release = resolve
  })
  return {
    release,
    plan: async ({ signal, onProgress }) => {
      const completion = { ...EMPTY_COMPLETION, text }
      onProgress(completion)
      const stopped = new Promise<'stopped'>((resolve) => {
        if (signal.aborted) resolve('stopped')
        signal.addEventListener('abort', () => resolve('stopped'))
      })
      const how = await Promise.race([gate, stopped])
      return how === 'stopped' ? { kind: 'stopped', completion } : said(text)
    },
  }
}
