import { expect, test } from 'vitest'
import type { Message } from '../../../../src/core/session/message.ts'
import type { SessionDetails } from '../../../../src/core/session/session-details.ts'
import type { SessionState } from '../../../../src/protocol/events.ts'
import type { ChatModel } from '../../../../src/widget/chat/ask/chat-model.ts'
import { EMPTY_COMPLETION } from '../../../../src/widget/chat/ask/completion-stream.ts'
import { describeTruncated } from '../../../../src/widget/chat/ask/live-failure.ts'
import type { Chat } from '../../../../src/widget/chat/chat.ts'
import { readQueue } from '../../../../src/widget/chat/core/host-texts.ts'
import type { ChatSession } from '../../../../src/widget/chat/shell/chat-options.ts'
import type { ChatLock } from '../../../../src/widget/chat/shell/chat-world.ts'
import { createChat } from '../../../../src/widget/chat/shell/create-chat.ts'
import { fakeWorld, said, type FakeWorld } from './chat-fakes.ts'

/** Numbers from a seed. */
function dice(seed: number): (below: number) => number {
  let state = seed * 2_654_435_761 + 1
  return (below) => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below
  }
}

/** Everything that takes time waits here until the seed picks it. */
class Schedule {
  readonly #waiting: (() => void)[] = []
  readonly roll: (below: number) => number

  constructor(seed: number) {
    this.roll = dice(seed)
  }

  wait(): Promise<void> {
    return new Promise((resolve) => void this.#waiting.push(resolve))
  }

  /** Lets one go; false if nothing waits. */
  async step(): Promise<boolean> {
    for (let i = 0; i < 12; i += 1) await Promise.resolve()
    const [next] = this.#waiting.splice(this.roll(this.#waiting.length || 1), 1)
    next?.()
    for (let i = 0; i < 12; i += 1) await Promise.resolve()
    return next !== undefined
  }
}

/** One session, as all its tabs share it: each call takes time before and behind what it does. */
class FakeStore {
  readonly log: Message[] = []
  details: SessionDetails = { title: '', tags: [], archived: false, host: {} }
  readonly tabs = new Set<() => void>()
  readonly schedule: Schedule

  constructor(schedule: Schedule) {
    this.schedule = schedule
  }

  state(): SessionState {
    const messages = this.log.filter(({ active }) => active).length
    return {
      newest: this.log.length,
      messages,
      generation: 0,
      mark: 0,
      details: this.details,
    } as unknown as SessionState
  }

  changed(): void {
    for (const tab of this.tabs) void this.schedule.wait().then(tab)
  }

  /** The session of one tab, whose state comes later than what it stands for. A killed tab hears nothing more. */
  open(life: Life): ChatSession {
    const { schedule } = this
    let seen = this.state()
    const watchers = new Set<() => void>()
    this.tabs.add(() => {
      if (life.isOver) return
      seen = this.state()
      for (const watcher of [...watchers]) watcher()
    })
    const act = async <T>(work: () => T, isChange = false): Promise<T> => {
      await schedule.wait()
      if (life.isOver) return new Promise<never>(() => {})
      const result = work()
      if (isChange) this.changed()
      await schedule.wait()
      return life.isOver ? new Promise<never>(() => {}) : result
    }
    const session = {
      id: 's',
      state: {
        get: () => seen,
        subscribe(watcher: () => void) {
          watchers.add(watcher)
          return () => watchers.delete(watcher)
        },
      },
      append: (...drafts: Message[]) =>
        act(() => ({ seqs: drafts.map((one) => this.add(one)) }), true),
      branch: (after: number) => act(() => this.leave(after), true),
      recall: ({ from, to }: { from: number; to: number }) =>
        act(() => ({ kind: 'messages', messages: this.log.slice(from - 1, to) })),
      context: () =>
        act(() => ({
          messages: this.log
            .filter(({ active }) => active)
            .map(({ role, parts }) => ({ role, content: JSON.stringify(parts) })),
        })),
      describe: (patch: { readonly host?: Readonly<Record<string, string | null>> }) =>
        act(() => {
          const host = { ...this.details.host, ...patch.host }
          const kept = Object.entries(host).filter(
            (entry): entry is [string, string] => entry[1] !== null,
          )
          this.details = { ...this.details, host: Object.fromEntries(kept) }
          return this.details
        }, patch.host !== undefined),
      generations: () => act(() => []),
      reportUsage: () => act(() => 1),
      recallTools: () => act(() => []),
      on: () => () => {},
    }
    return session as unknown as ChatSession
  }

  private add(draft: Message): number {
    const known = this.log.find(({ id }) => id === draft.id)
    if (known !== undefined) return known.seq
    const seq = this.log.length + 1
    this.log.push({
      ...draft,
      seq,
      hash: `${seq}`,
      active: true,
      at: 0,
      tokens: 1,
      chain: '',
      through: 0,
    })
    return seq
  }

  private leave(after: number): void {
    for (const [at, message] of this.log.entries())
      if (message.seq > after) this.log[at] = { ...message, active: false }
  }
}

/** Whether a tab was killed. */
interface Life {
  isOver: boolean
}

interface Wish {
  readonly life: Life
  readonly begin: () => Promise<unknown>
}

/** Locks as browsers have them: granted in order, and taken back from a tab that is killed. */
class FakeLocks {
  readonly #held = new Map<string, Life>()
  readonly #wishes = new Map<string, Wish[]>()

  of(life: Life): (name: string) => ChatLock {
    return (name) => ({
      run: <T>(work: () => Promise<T>) =>
        new Promise<T>((resolve, reject) => {
          const begin = (): Promise<unknown> => work().then(resolve, reject)
          this.#wishes.set(name, [...(this.#wishes.get(name) ?? []), { life, begin }])
          this.#grant(name)
        }),
      tryRun: async <T>(work: () => Promise<T>) => {
        if (this.#held.has(name) || (this.#wishes.get(name) ?? []).length > 0) return null
        this.#held.set(name, life)
        try {
          return { value: await work() }
        } finally {
          this.#release(name, life)
        }
      },
    })
  }

  kill(life: Life): void {
    life.isOver = true
    for (const [name, holder] of [...this.#held]) if (holder === life) this.#release(name, life)
  }

  #grant(name: string): void {
    if (this.#held.has(name)) return
    const [next, ...others] = (this.#wishes.get(name) ?? []).filter(({ life }) => !life.isOver)
    this.#wishes.set(name, others)
    if (next === undefined) return
    this.#held.set(name, next.life)
    void next.begin().finally(() => this.#release(name, next.life))
  }

  #release(name: string, life: Life): void {
    if (this.#held.get(name) !== life) return
    this.#held.delete(name)
    this.#grant(name)
  }
}

interface Ask {
  readonly newest: string
  readonly at: number
}

interface Sim {
  readonly schedule: Schedule
  readonly store: FakeStore
  readonly asks: Ask[]
  /** Tabs that wait for an answer. */
  readonly asking: Set<Life>
  /** Requests under way at a time, at most. */
  most: number
}

/** Answers, breaks off or waits to be stopped, as the seed wants it. */
function simModel(sim: Sim, life: Life): ChatModel {
  return {
    format: 'openai',
    takesImages: true,
    toolFormat: null,
    needsNetwork: true,
    provider: '',
    model: 'm',
    async ask({ messages, signal, onProgress }) {
      sim.asking.add(life)
      sim.most = Math.max(sim.most, [...sim.asking].filter(({ isOver }) => !isOver).length)
      const newest = JSON.stringify(messages.at(-1))
      sim.asks.push({ newest, at: sim.store.log.length })
      const completion = { ...EMPTY_COMPLETION, text: `a${sim.asks.length}` }
      try {
        for (let i = sim.schedule.roll(4); i > 0; i -= 1) {
          await sim.schedule.wait()
          if (life.isOver) return await new Promise<never>(() => {})
          if (signal.aborted) return { kind: 'stopped', completion }
          onProgress(completion)
        }
        if (sim.schedule.roll(6) === 0)
          return { kind: 'failed', completion, failure: describeTruncated() }
        return said(completion.text)
      } finally {
        sim.asking.delete(life)
      }
    },
  }
}

interface Tab {
  readonly life: Life
  readonly sent: string[]
  readonly chat: Chat
  readonly world: FakeWorld
}

interface Simulated {
  readonly sim: Sim
  readonly sent: readonly string[]
  /** What a killed tab had sent: it may be missing, but not be there twice. */
  readonly doubtful: readonly string[]
}

/** Runs a few tabs of one session by a seed: they send, stop, edit, retry, lose the connection, are
 * closed or killed and come again. */
async function simulate(seed: number): Promise<Simulated> {
  const schedule = new Schedule(seed)
  const { roll } = schedule
  const sim: Sim = {
    schedule,
    store: new FakeStore(schedule),
    asks: [],
    asking: new Set(),
    most: 0,
  }
  const locks = new FakeLocks()
  let isOnline = true
  const openTab = (): Tab => {
    const life = { isOver: false }
    const model = simModel(sim, life)
    const world = { ...fakeWorld(locks.of(life)), isOnline: () => isOnline }
    const session = sim.store.open(life)
    return {
      life,
      sent: [],
      world,
      chat: createChat({ session, model: () => model, recall: () => false, world }),
    }
  }
  let tabs = [openTab(), openTab()]
  const sent: string[] = []
  const doubtful: string[] = []
  const send = (tab: Tab): void => {
    sent.push(`m${sent.length}.`)
    tab.sent.push(sent.at(-1) ?? '')
  }
  for (let turn = 0; turn < 60; turn += 1) {
    const tab = tabs[roll(tabs.length)]
    if (tab === undefined) throw new Error('there is no tab')
    const what = roll(14)
    if (what < 4) {
      send(tab)
      void tab.chat.send(sent.at(-1))
    } else if (what === 4) tab.chat.stop()
    else if (what === 5) void tab.chat.retry()
    else if (what === 6) void tab.chat.regenerate()
    else if (what === 7 || what === 8) {
      isOnline = !isOnline
      for (const { world } of tabs) world.setOnline(isOnline)
    } else if (what === 9) {
      // What was asked for before is under way in the background, or waits: both come to their end without it.
      const left = tab
      if (roll(2) === 0) left.chat.close()
      else {
        // What it had just been told to send may not have got anywhere.
        doubtful.push(...left.sent)
        locks.kill(left.life)
      }
      tabs = [...tabs.filter((one) => one !== left), openTab()]
    } else if (what === 10) {
      const own = tab.chat.state
        .get()
        .items.find((item) => item.kind === 'message' && item.message.role === 'user')
      if (own?.kind === 'message') {
        tab.chat.edit(own.message.seq)
        send(tab)
        tab.chat.setDraft(sent.at(-1) ?? '')
        void tab.chat.send()
      }
    }
    for (let steps = roll(12); steps > 0; steps -= 1) await schedule.step()
  }
  isOnline = true
  const finish = async (): Promise<void> => {
    for (let steps = 0; steps < 5_000 && (await schedule.step()); steps += 1);
  }
  // A failure holds the queue up until somebody does something about it.
  for (let round = 0; round < 30; round += 1) {
    for (const { world } of tabs) world.setOnline(true)
    await finish()
    if (readQueue(sim.store.details.host).length === 0) break
  }
  for (const { chat } of tabs) chat.close()
  await finish()
  return { sim, sent, doubtful }
}

const SEEDS = Number(process.env['BACKFOLD_CHAT_SEEDS'] ?? 60)

test('[CHAT12, CHAT13, CHAT14] whatever tabs, connections and people do, nothing is lost, sent twice or appended twice', async () => {
  for (let seed = 1; seed <= SEEDS; seed += 1) {
    const { sim, sent, doubtful } = await simulate(seed)
    const { log } = sim.store
    const texts = log
      .filter(({ role }) => role === 'user')
      .map(({ parts }) => (parts[0]?.type === 'text' ? parts[0].text : ''))
    const due = sent.filter((text) => texts.includes(text) || !doubtful.includes(text))
    expect(texts.toSorted(), `seed ${seed}: every message once`).toEqual(due.toSorted())
    expect(readQueue(sim.store.details.host), `seed ${seed}: nothing waits`).toEqual([])
    expect(sim.most, `seed ${seed}: one request at a time`).toBeLessThanOrEqual(1)
    const answers = log.filter(({ role }) => role === 'assistant')
    expect(new Set(answers.map(({ id }) => id)).size, `seed ${seed}`).toBe(answers.length)
    expect(answers.length, `seed ${seed}: an answer for a request`).toBeLessThanOrEqual(
      sim.asks.length,
    )
    for (const { newest } of sim.asks)
      expect(newest, `seed ${seed}: only what a person said is asked about`).toContain('"user"')
  }
})
