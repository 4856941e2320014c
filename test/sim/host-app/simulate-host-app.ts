import type { Engine } from '../../../src/engine/engine.ts'
import type { SessionStore } from '../../../src/core/ports/session-store.ts'
import type { PolicyOptions } from '../../../src/core/session/policy.ts'
import { answer, ask, streamed, type AppMessage } from '../../support/host-app.ts'
import { findOpenAiFaults } from '../../support/legality.ts'
import { createSeededRandom, type SeededRandom } from '../seeded-random.ts'

/** What a run came to. */
export interface HostAppRun {
  readonly seed: number
  /** What went wrong, in words; empty if nothing did. */
  readonly faults: readonly string[]
  readonly trace: readonly string[]
  /** Requests that went out with a digest. */
  readonly folded: number
  /** Requests whose beginning was the one before, of those that could have been. */
  readonly stable: number
  readonly comparable: number
}

const SESSION = 's'

const POLICY: PolicyOptions = {
  budget: { tokens: 2_000 },
  retainedTail: { messages: 2, share: 0.02 },
  largePayloadTokens: 60,
}

/** The habits of an app, drawn once for a run. */
interface Habits {
  /** Newest messages that it sends; Infinity sends all. */
  readonly window: number
  /** Its system message has the time in it. */
  readonly hasClock: boolean
  /** Its system message stands before the newest message. */
  readonly movesSystem: boolean
  readonly asksTitles: boolean
}

/**
 * Plays an app that keeps its own history and sends it with every request, edits, asks again, drops its head,
 * breaks off answers and asks for titles; and looks at every request that goes out.
 */
export async function simulateHostApp(
  seed: number,
  { engine, store }: { readonly engine: Engine; readonly store: SessionStore },
  steps: number,
): Promise<HostAppRun> {
  const random = createSeededRandom(seed)
  const habits = drawHabits(random)
  const app = new HostApp(random, habits, engine, store)
  for (let step = 0; step < steps && app.faults.length === 0; step += 1) await app.step()
  return { seed, ...app.result() }
}

function drawHabits(random: SeededRandom): Habits {
  return {
    window: random.chance(0.3) ? 2 + random.below(6) : Infinity,
    hasClock: random.chance(0.4),
    movesSystem: random.chance(0.2),
    asksTitles: random.chance(0.4),
  }
}

class HostApp {
  readonly faults: string[] = []
  readonly trace: string[] = []
  private history: AppMessage[] = []
  private before: readonly AppMessage[] = []
  private said = 0
  private folded = 0
  private stable = 0
  private comparable = 0
  private readonly random: SeededRandom
  private readonly habits: Habits
  private readonly engine: Engine
  private readonly store: SessionStore

  constructor(random: SeededRandom, habits: Habits, engine: Engine, store: SessionStore) {
    this.random = random
    this.habits = habits
    this.engine = engine
    this.store = store
  }

  result(): Omit<HostAppRun, 'seed'> {
    const { faults, trace, folded, stable, comparable } = this
    return { faults, trace, folded, stable, comparable }
  }

  async step(): Promise<void> {
    const { random, history } = this
    const dice = random.next()
    const isWindowed = this.habits.window !== Infinity
    if (history.length >= 2 && dice < 0.08) {
      this.trace.push('asks again')
      this.history = history.slice(0, -1)
      await this.request('changed')
    } else if (history.length >= 4 && dice < 0.16 && !isWindowed) {
      const at = 2 * random.below(history.length / 2)
      this.trace.push(`edits ${at}`)
      this.history = [...history.slice(0, at), this.say('user')]
      await this.request('changed')
    } else if (this.habits.asksTitles && history.length >= 2 && dice < 0.3) {
      this.trace.push('asks for a title')
      await this.title()
    } else {
      this.trace.push('says')
      this.history = [...history, this.say('user')]
      await this.request('grown')
    }
  }

  /** A turn; now and then its answer is broken off and the app keeps nothing, or half of it. */
  private async request(how: 'grown' | 'changed'): Promise<void> {
    const { random } = this
    const asked = await ask(this.engine, this.sent(), { session: SESSION, policy: POLICY })
    this.look(asked.messages, how)
    if (asked.plan.kind === 'send') this.folded += 1
    else if (JSON.stringify(asked.messages) !== JSON.stringify(this.sent())) this.fail('changed')
    const said = this.say('assistant')
    const ending = random.next()
    if (ending < 0.1) {
      this.trace.push('breaks off')
      const half = { ...said, content: String(said.content).slice(0, 20) }
      if (random.chance(0.5)) this.history = [...this.history, half]
      else this.history = this.history.slice(0, -1)
      this.before = []
      return
    }
    await answer(this.engine, asked, streamed(String(said.content)))
    this.history = [...this.history, { ...said, content: ` ${String(said.content)}\n` }]
    // A first message that comes anew in a session is not taken for its own before it goes on.
    if (asked.plan.kind === 'pass' && asked.plan.reason === 'auxiliary') return
    await this.compareLog()
  }

  private async title(): Promise<void> {
    const title = { role: 'user', content: 'Generate a concise title for this conversation.' }
    const asked = await ask(this.engine, [...this.sent(), title], {
      session: SESSION,
      policy: POLICY,
    })
    if (JSON.stringify(asked.messages.at(-1)) !== JSON.stringify(title)) this.fail('no title asked')
    await answer(this.engine, asked, streamed('A title'))
    const log = await this.log()
    if (log.some((text) => text.includes('title'))) this.fail('a title is in the log')
  }

  private sent(): readonly AppMessage[] {
    const { window, hasClock, movesSystem } = this.habits
    const kept = window === Infinity ? this.history : this.history.slice(-window)
    const content = hasClock ? `Be kind. It is step ${this.trace.length}.` : 'Be kind.'
    const at = movesSystem ? Math.max(0, kept.length - 1) : 0
    return [...kept.slice(0, at), { role: 'system', content }, ...kept.slice(at)]
  }

  private say(role: 'user' | 'assistant'): AppMessage {
    this.said += 1
    const length = this.random.chance(0.1) ? 200 : 10 + this.random.below(20)
    const content = `${role} says ${this.said}: ${'some words of this talk '.repeat(length)}`.trim()
    return { role, content, ...(this.random.chance(0.2) ? { x_unknown: { said: this.said } } : {}) }
  }

  /** Whatever goes out must be legal, end with the newest message, and hold nothing that was taken back. */
  private look(messages: readonly AppMessage[], how: 'grown' | 'changed'): void {
    for (const fault of findOpenAiFaults(messages)) this.fail(fault)
    const sent = this.sent()
    const newest = JSON.stringify(sent.findLast(({ role }) => role !== 'system'))
    const last = JSON.stringify(messages.findLast(({ role }) => role !== 'system'))
    if (newest !== last)
      this.fail(
        `the newest message is ${String(last).slice(0, 80)}, not ${String(newest).slice(0, 80)}`,
      )
    const own = sent.filter(({ role }) => role === 'system').map(({ content }) => content)
    for (const content of own) {
      if (messages.filter((message) => message.content === content).length !== 1) {
        this.fail('the system message is not there once')
      }
    }
    const known = new Set(this.history.map(({ content }) => String(content).trim()))
    for (const { role, content } of messages) {
      const said = String(content).trim()
      const isOurs = said.startsWith('[') || said.startsWith('(')
      if (role !== 'system' && !known.has(said) && !isOurs)
        this.fail(`taken back: ${said.slice(0, 60)}`)
    }
    this.compareBeginning(messages, how)
  }

  private compareBeginning(messages: readonly AppMessage[], how: 'grown' | 'changed'): void {
    const { hasClock, movesSystem } = this.habits
    if (how === 'grown' && !hasClock && !movesSystem && this.before.length > 0) {
      this.comparable += 1
      const beginning = JSON.stringify(messages.slice(0, this.before.length))
      if (beginning === JSON.stringify(this.before)) this.stable += 1
    }
    this.before = messages
  }

  /** After a finished turn the log is the app's own history, all of it. */
  private async compareLog(): Promise<void> {
    const log = await this.log()
    const own = this.history.map(({ content }) => String(content).trim())
    if (log.length !== own.length || log.some((text, i) => text.trim() !== own[i])) {
      this.fail(`the log has ${log.length} messages, the app ${own.length}`)
    }
  }

  private async log(): Promise<readonly string[]> {
    const { range } = await this.store.read({ session: SESSION, range: { from: 1, to: 100_000 } })
    return range
      .filter(({ active, role }) => active && role !== 'system')
      .map(({ parts }) => parts.map((part) => ('text' in part ? part.text : '')).join())
  }

  private fail(fault: string): void {
    this.faults.push(`step ${this.trace.length}: ${fault}`)
  }
}
