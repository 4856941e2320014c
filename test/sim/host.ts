import { createEngine, type Engine } from '../../src/engine/engine.ts'
import type { Message } from '../../src/core/session/message.ts'
import type {
  ContextResult,
  MessageInput,
  Method,
  Params,
  Result,
} from '../../src/protocol/requests.ts'
import type { LocalLocks } from '../../src/tabs/local-leases.ts'
import { InvariantError, type LogModel } from './log-model.ts'
import { createSimPorts } from './sim-ports.ts'
import type { TabHandle, World } from './world.ts'

export const SESSION = 'simulated'
/** Small enough that folds are frequent, large enough that one message fits. */
const BUDGET_TOKENS = 1_500

interface SentAppend {
  readonly messages: readonly MessageInput[]
  readonly ids: readonly string[]
}

/** One tab with an engine, and a host in it that uses it as an app does. */
export class Host {
  readonly tab: TabHandle
  private readonly engine: Engine
  private readonly world: World
  private readonly model: LogModel
  /** Appends that this tab has no answer to yet. */
  readonly unanswered: Set<SentAppend> = new Set()
  private openCalls: string[] = []
  private lastTokens = 0
  private last: ContextResult | undefined
  private readonly pending: Method[] = []

  constructor(world: World, locks: LocalLocks, model: LogModel, name: string) {
    this.world = world
    this.model = model
    this.tab = { name, alive: true, frozen: false, releases: new Set(), hear() {} }
    world.tabs.push(this.tab)
    this.engine = createEngine(createSimPorts(world, this.tab, locks), () => {})
  }

  /** Calls that have not been answered yet. */
  get inFlight(): readonly Method[] {
    return this.pending
  }

  /** Does one thing that a host does, chosen by the seed. */
  act(): void {
    const { random } = this.world
    const newest = this.world.rows.messages.get(SESSION)?.length ?? 0
    const seq = newest === 0 ? 1 : 1 + random.below(newest)
    const session = SESSION
    const after = Math.max(0, newest - 1 - random.below(4))
    const actions: readonly (readonly [weight: number, name: string, act: () => void])[] = [
      [
        2,
        'user',
        () => this.append([{ role: 'user', content: this.text('ask', 12 + random.below(60)) }]),
      ],
      [
        2,
        'answer',
        () => this.append([{ role: 'assistant', content: this.text('say', random.below(80)) }]),
      ],
      [2, 'call', () => this.call(1 + random.below(2))],
      [3, 'result', () => this.answerCall()],
      [4, 'context', () => this.context()],
      [1, 'look', () => this.ask('context', { session, adopt: false })],
      [1, 'compact', () => this.compact()],
      [1, 'apply', () => this.ask('apply', { session })],
      [1, 'cancel', () => this.ask('cancel', { session })],
      [1, 'rollback', () => this.rollback()],
      [1, 'branch', () => this.ask('branch', { session, after })],
      [1, 'pin', () => this.ask('pin', { session, seq, pinned: random.chance(0.4) })],
      [1, 'recall', () => this.recall(seq)],
      [1, 'usage', () => this.reportUsage()],
    ]
    const weighted = actions.flatMap((action) => Array.from({ length: action[0] }, () => action))
    const [, name, act] = random.pick(weighted)
    this.world.note(`${this.tab.name}: host ${name}`)
    act()
  }

  /** Sets the small budget; the session keeps it. */
  configure(): void {
    this.ask('configure', {
      session: SESSION,
      options: {
        budget: { tokens: BUDGET_TOKENS, soft: 0.6, hard: 0.9, target: 0.35 },
        retainedTail: { messages: 3, share: 0.1 },
        largePayloadTokens: 60,
        blockTokens: 150,
        attemptDeadlineMs: 10_000,
      },
    })
  }

  context(): void {
    this.ask('context', { session: SESSION }, (context) => {
      this.lastTokens = context.tokens
      this.model.checkContext(context, BUDGET_TOKENS)
      if (this.last) this.model.checkGrowth(this.last, context)
      this.last = context
    })
  }

  compact(): void {
    this.ask('compact', { session: SESSION })
  }

  /** Sends again what another tab died over. It may be in the log already. */
  resend(lost: Iterable<SentAppend>): void {
    for (const { messages, ids } of lost) this.send(messages, ids, true)
  }

  private append(messages: readonly MessageInput[]): void {
    const ids = messages.map(() => this.world.issueId())
    this.send(messages, ids, false)
  }

  private send(messages: readonly MessageInput[], ids: readonly string[], repeat: boolean): void {
    const sent: SentAppend = { messages, ids }
    this.unanswered.add(sent)
    this.ask('append', { session: SESSION, messages, ids, repeat }, (receipt) => {
      this.unanswered.delete(sent)
      const log = this.world.rows.messages.get(SESSION) ?? []
      const texts = receipt.seqs.map((seq) => JSON.stringify(log[seq - 1]?.parts))
      this.model.acknowledge(receipt.ids, receipt.seqs, texts)
      receipt.seqs.forEach((seq, index) => {
        const message = messages[index]
        const content = JSON.stringify(message && 'content' in message ? message.content : null)
        const isThere = content === 'null' || texts[index]?.includes(content)
        if (!isThere) throw new InvariantError(`message ${seq} is not what was appended`)
      })
    })
  }

  private call(calls: number): void {
    const ids = Array.from({ length: calls }, () => `call-${this.world.issueId()}`)
    this.openCalls.push(...ids)
    const toolCalls = ids.map((id) => ({
      id,
      type: 'function',
      function: { name: 'read_file', arguments: `{"path":"src/${id}.ts"}` },
    }))
    this.append([{ role: 'assistant', content: null, tool_calls: toolCalls }])
  }

  private answerCall(): void {
    const id = this.openCalls.shift()
    if (id === undefined) return
    const content = this.text(`result of ${id}`, this.world.random.below(400))
    this.append([{ role: 'tool', tool_call_id: id, content }])
  }

  private rollback(): void {
    const generations = this.world.rows.generations.get(SESSION)?.size ?? 0
    this.ask('rollback', { session: SESSION, n: this.world.random.below(generations + 1) })
  }

  /** A provider that counts a little more or less than the estimate. */
  private reportUsage(): void {
    if (this.lastTokens < 20) return
    const inputTokens = Math.round(this.lastTokens * (0.96 + this.world.random.next() * 0.08))
    this.ask('reportUsage', { session: SESSION, inputTokens })
  }

  private recall(seq: number): void {
    const log = (): readonly Message[] => this.world.rows.messages.get(SESSION) ?? []
    const isThere = seq <= log().length
    this.ask('recall', { session: SESSION, query: { from: seq, to: seq } }, (result) => {
      const found = result.kind === 'messages' ? result.messages : []
      const same = JSON.stringify(found[0]?.parts) === JSON.stringify(log()[seq - 1]?.parts)
      if (isThere && !same) throw new InvariantError(`recall of ${seq} gave something else`)
    })
  }

  private text(what: string, words: number): string {
    const { random } = this.world
    const length = random.chance(0.03) ? words * 40 : words
    const rule = random.chance(0.1) ? 'Never delete the log. ' : ''
    return `${rule}${what} ${Array.from({ length }, (_, i) => `w${i}`).join(' ')}`
  }

  /** Sends a request and leaves it in flight; errors with a code are answers, anything else fails the run. */
  private ask<M extends Method>(
    method: M,
    params: Params<M>,
    check: (result: Result<M>) => void = () => {},
  ): void {
    this.pending.push(method)
    this.engine
      .handle(method, params)
      .then(check)
      .catch((failure: unknown) => {
        const code = failure instanceof Error && 'code' in failure ? failure.code : undefined
        if (typeof code !== 'string') this.world.failure ??= failure
        else if (code === 'INTERNAL') this.world.failure ??= failure
      })
      .finally(() => {
        this.pending.splice(this.pending.indexOf(method), 1)
      })
  }
}
