import { isDeepStrictEqual } from 'node:util'
import type { Message } from '../../../src/core/session/message.ts'
import type { RequestPlan } from '../../../src/protocol/host-requests.ts'
import type { Tab } from '../../support/build-engine.ts'
import { createSeededRandom, type SeededRandom } from '../seeded-random.ts'
import type { Dialect, Fields, MadeCall, Said } from './dialects/dialect.ts'
import { DIALECTS } from './dialects/dialects.ts'

/** What a run came to. */
export interface ToolLoopRun {
  /** What went wrong, in words; empty if nothing did. */
  readonly faults: readonly string[]
  /** Requests that went out with a digest. */
  readonly folded: number
  /** Requests whose beginning was the one before, of those between two folds. */
  readonly stable: number
  readonly comparable: number
}

type PlayedTab = Pick<Tab, 'engine' | 'store'>

const SESSION = 's'
const SYSTEM = 'Be kind.'
const POLICY = {
  budget: { tokens: 2_000 },
  retainedTail: { messages: 2, share: 0.02 },
  largePayloadTokens: 60,
} as const

/** What is said anywhere has a mark of its own, by which it is found again in whatever form. */
const MARK = /#\d+#/g

/**
 * Plays an app with tools that speaks one protocol: questions, rounds of parallel calls, answers; some of them the
 * worker never hears of. Each request goes through any of the tabs. Looks at every request that goes out, and compares the log after each.
 */
export async function simulateToolLoop(
  format: string,
  seed: number,
  tabs: readonly PlayedTab[],
  turns: number,
): Promise<ToolLoopRun> {
  const random = createSeededRandom(seed)
  const draw = DIALECTS[format]
  if (!draw) throw new Error(`no dialect ${format}`)
  const app = new ToolApp(random, draw(random), tabs)
  for (let turn = 0; turn < turns && app.faults.length === 0; turn += 1) await app.turn()
  return app.result()
}

class ToolApp {
  readonly faults: string[] = []
  private history: readonly Fields[] = []
  private before: { readonly messages: readonly Fields[]; readonly generation: number } | undefined
  private marks = 0
  private requests = 0
  private folded = 0
  private stable = 0
  private comparable = 0
  private readonly hearsAll: boolean
  private readonly random: SeededRandom
  private readonly dialect: Dialect
  private readonly tabs: readonly PlayedTab[]

  constructor(random: SeededRandom, dialect: Dialect, tabs: readonly PlayedTab[]) {
    this.random = random
    this.dialect = dialect
    this.tabs = tabs
    this.hearsAll = random.chance(0.5)
  }

  result(): ToolLoopRun {
    const { faults, folded, stable, comparable } = this
    return { faults, folded, stable, comparable }
  }

  async turn(): Promise<void> {
    const { random, dialect } = this
    this.history = [...this.history, dialect.user(this.words(10))]
    const rounds = dialect.hasTools && random.chance(0.6) ? 1 + random.below(3) : 0
    for (let round = 0; round < rounds; round += 1) {
      const calls = Array.from({ length: 1 + random.below(3) }, () => this.call())
      const said = this.said(random.chance(0.5) ? this.words(5) : '', calls)
      await this.request(said)
      const outputs = calls.map(() => this.words(random.chance(0.2) ? 150 : 10))
      this.history = dialect.results(said, outputs, this.history)
    }
    await this.request(this.said(this.words(20), []))
  }

  private async request(said: Said): Promise<void> {
    const { dialect, history } = this
    const tab = this.pick()
    this.requests += 1
    const host = dialect.body(history, SYSTEM)
    const body = JSON.stringify(host)
    const plan = await tab.engine.handle('planRequest', {
      request: { url: dialect.url, headerNames: [], body },
      options: { session: SESSION, policy: POLICY },
    })
    if (plan.kind === 'pass' && plan.reason !== 'nothing-folded')
      this.fail(`passed: ${plan.reason}`)
    const sent = JSON.parse(plan.kind === 'send' ? plan.body : body) as Fields
    await this.look(sent, plan)
    await this.compareLog()
    if (plan.plan !== undefined && (this.hearsAll || this.random.chance(0.5))) {
      const answer = dialect.stream(said, history)
      const outcome = await tab.engine.handle('recordAnswer', { plan: plan.plan, answer })
      const isWhole = said.calls.length === 0 || !dialect.hasGrowingMessages
      if ((outcome.kind === 'appended') !== isWhole) this.fail(`recorded: ${outcome.kind}`)
    }
    this.history = dialect.keep(said, history)
  }

  /** Whatever goes out must be legal, end with the newest message and hold all that is not folded. */
  private async look(sent: Fields, plan: RequestPlan): Promise<void> {
    const { dialect } = this
    for (const fault of dialect.findFaults(sent)) this.fail(`illegal: ${fault}`)
    const messages = dialect.messagesOf(sent)
    if (!isDeepStrictEqual(messages.at(-1), this.history.at(-1))) this.fail('the newest is another')
    const text = JSON.stringify(sent)
    const { log, mark } = await this.stored()
    for (const { seq, role, parts } of log) {
      const missing = marksOf(parts).filter((found) => !text.includes(found))
      // Results may be stubs.
      const isSaid = role === 'user' || role === 'assistant'
      const isWhole = missing.length === 0 || parts.some(({ type }) => type === 'tool-result')
      if (seq > mark && isSaid && !isWhole) this.fail(`missing: ${missing.join()}`)
    }
    const generation = plan.kind === 'send' ? plan.generation : 0
    if (plan.kind === 'send') this.folded += 1
    const { before } = this
    if (before?.generation === generation) {
      // Messages that go on are the newest, and are written anew.
      const length = before.messages.length - 1
      this.comparable += 1
      const same = isDeepStrictEqual(messages.slice(0, length), before.messages.slice(0, length))
      if (same) this.stable += 1
      else this.fail('the beginning is another')
    }
    this.before = { messages, generation }
  }

  private async compareLog(): Promise<void> {
    const { log } = await this.stored()
    const logged = log.flatMap(({ parts }) => marksOf(parts)).join()
    // What the model goes on with is not recorded before it is whole.
    const { history } = this
    const goesOn = history.at(-1)?.['role'] === 'assistant'
    const own = marksOf(goesOn ? history.slice(0, -1) : history).join()
    if (logged !== own) this.fail(`the log has ${logged.slice(-80)}, the app ${own.slice(-80)}`)
  }

  /** An app that only adds to its history makes no branch. */
  private async stored(): Promise<{ readonly log: readonly Message[]; readonly mark: number }> {
    const { range, session } = await this.pick().store.read({
      session: SESSION,
      range: { from: 1, to: 100_000 },
    })
    if (session?.branch !== 0) this.fail('there is a branch')
    return {
      log: range.filter(({ active, role }) => active && role !== 'system'),
      mark: session?.mark ?? 0,
    }
  }

  private pick(): PlayedTab {
    const [first, ...others] = this.tabs
    if (!first) throw new Error('no tab')
    return others[this.random.below(this.tabs.length) - 1] ?? first
  }

  private said(text: string, calls: readonly MadeCall[]): Said {
    return { id: `a${this.requests}`, thought: 'I think of it.', text, calls }
  }

  private call(): MadeCall {
    this.marks += 1
    const name = this.random.chance(0.5) ? 'look_up' : 'read_file'
    return { id: `call_${this.marks}`, name, input: { z: 1, q: `#${this.marks}#` } }
  }

  private words(length: number): string {
    this.marks += 1
    return `#${this.marks}# ${'some words of this talk '.repeat(1 + this.random.below(length))}.`
  }

  private fail(fault: string): void {
    this.faults.push(`request ${this.requests}: ${fault}`)
  }
}

function marksOf(value: unknown): readonly string[] {
  return JSON.stringify(value).match(MARK) ?? []
}
