import { createEngine, type Engine } from '../../../src/engine/engine.ts'
import type { ContextResult, Method, Params, Result } from '../../../src/protocol/requests.ts'
import type { Ask } from '../checker/asks.ts'
import type { Checker } from '../checker/checker.ts'
import { InvariantError } from '../checker/invariant-error.ts'
import type { SentMessage } from '../checker/receipts.ts'
import type { Origin } from '../world/origin.ts'
import type { Tab, Thread } from '../world/world.ts'
import { checkRecalled, type RecallCheck } from './check-recalled.ts'

export const SESSION = 'simulated'

/** Errors that a host must expect whatever it does; others need a fault to be switched on. */
const ALWAYS_EXPECTED: readonly string[] = ['INVALID_INPUT', 'SESSION_NOT_FOUND', 'CLOSED']

/** An append that a host has no answer to yet. */
interface SentAppend {
  readonly messages: readonly SentMessage[]
  readonly ids: readonly string[]
}

/** One tab with an engine, and an app in it that asks things of it and checks every answer. */
export class Host {
  readonly tab: Tab
  readonly origin: Origin
  readonly checker: Checker
  /** Appends that this tab has no answer to. */
  readonly unanswered: Set<SentAppend> = new Set()
  /** The context that it sent last. */
  last: ContextResult | undefined
  private engine: Engine | undefined
  private thread: Thread | undefined
  private readonly owners: Map<object, string>
  private readonly pending = new Map<Ask, Thread>()
  private started = 0
  private whenOpened: (() => void)[] = []

  constructor(origin: Origin, checker: Checker, owners: Map<object, string>, name: string) {
    this.origin = origin
    this.checker = checker
    this.owners = owners
    this.tab = origin.world.openTab(name)
    this.start()
  }

  /** Calls that have not been answered yet. */
  get inFlight(): readonly Method[] {
    return [...this.pending.keys()].map(({ method }) => method)
  }

  get isOpen(): boolean {
    return this.engine !== undefined
  }

  get isOpening(): boolean {
    return this.engine === undefined && this.thread !== undefined
  }

  /** Opens an engine in a thread of its own, as a page that loads does. */
  start(): void {
    const { origin, tab, owners } = this
    const { world } = origin
    this.started += 1
    const thread = world.startThread(tab, `${tab.name}.${this.started}`)
    this.thread = thread
    origin.createPorts(thread).then(
      (ports) => {
        const random = {
          id: () => {
            const id = world.issueId()
            if (!owners.has(thread)) owners.set(thread, id)
            return id
          },
        }
        this.engine = createEngine({ ...ports, random }, () => {})
        world.note(`${thread.name}: open`)
        // As a client does before all else: nothing but this begins a session.
        this.ask('open', { session: SESSION })
        for (const go of this.whenOpened.splice(0)) go()
      },
      (failure: unknown) => {
        this.expectError('open', failure)
        this.end()
      },
    )
  }

  /** Does this once the engine is open. */
  whenOpen(go: () => void): void {
    if (this.engine) go()
    else this.whenOpened.push(go)
  }

  /** Ends the engine in good order; a new one may be started at once. */
  close(): void {
    const { engine, thread } = this
    if (!engine || !thread) return
    this.origin.world.note(`${thread.name}: closes its engine`)
    this.engine = undefined
    this.thread = undefined
    engine.close().then(
      () => this.forget(thread),
      (failure: unknown) => this.origin.world.fail(failure),
    )
  }

  /** Ends the threads of this tab, as its page does that loads anew; nothing is answered any more. */
  end(): void {
    this.engine = undefined
    this.thread = undefined
    for (const thread of [...this.tab.threads]) this.forget(thread)
  }

  append(messages: readonly SentMessage[]): void {
    const ids = messages.map(() => this.origin.world.issueId())
    this.send({ messages, ids }, false)
  }

  /** Sends again what a dead engine did not answer. It may be in the log already. */
  resend(lost: Iterable<SentAppend>): void {
    for (const sent of lost) this.send(sent, true)
  }

  context(options: { readonly adopt?: boolean } = {}): void {
    this.ask('context', { session: SESSION, ...options }, (context, ask) => {
      this.checker.context(ask, context)
      if (options.adopt !== false) this.last = context
    })
  }

  recall(query: RecallCheck['query']): void {
    const before = this.checker.views.at(-1)
    this.ask('recall', { session: SESSION, query }, (result) => {
      const { views, receipts } = this.checker
      const state = { before, after: views.at(-1), receipts }
      checkRecalled({ query, result, ...state })
    })
  }

  /** Sends a request and leaves it in flight; an error that nothing accounts for fails the run. */
  ask<M extends Method>(
    method: M,
    params: Params<M>,
    check: (result: Result<M>, ask: Ask<M>) => void = () => {},
    refused: (code: string, ask: Ask<M>) => void = () => {},
  ): void {
    const { engine, thread, checker } = this
    if (!engine || !thread) return
    const ask = checker.asked(thread, method, params)
    this.pending.set(ask, thread)
    const settle = (): void => {
      checker.answered(ask)
      this.pending.delete(ask)
    }
    engine
      .handle(method, params)
      .then(
        (result) => {
          if (!thread.alive) return
          if (checker.isCurrent(ask)) check(result, ask)
          settle()
        },
        (failure: unknown) => {
          if (!thread.alive) return
          settle()
          const code = this.expectError(method, failure)
          if (checker.isCurrent(ask)) refused(code, ask)
          // The database is closed or gone: what an app does is to open anew.
          if (code === 'STORAGE_LOST' && this.thread === thread) this.end()
        },
      )
      .catch((failure: unknown) => this.origin.world.fail(failure))
  }

  /** What was asked of a thread that is no more will never be answered. */
  private forget(thread: Thread): void {
    const { world } = this.origin
    world.note(`${thread.name}: ends`)
    world.killThread(thread)
    for (const [ask, asked] of this.pending) if (asked === thread) this.pending.delete(ask)
  }

  private send(sent: SentAppend, repeat: boolean): void {
    const { messages, ids } = sent
    const { checker } = this
    this.unanswered.add(sent)
    checker.receipts.send(ids, messages)
    this.ask(
      'append',
      { session: SESSION, messages: messages.map((message) => ({ ...message })), ids, repeat },
      (receipt) => {
        this.unanswered.delete(sent)
        checker.receipts.acknowledge(ids, receipt, repeat)
      },
      (code) => {
        if (code === 'STORAGE_QUOTA_EXCEEDED' && !repeat) {
          this.unanswered.delete(sent)
          checker.receipts.refuse(ids)
        }
      },
    )
  }

  /** The code of an error; throws if no fault accounts for it. */
  private expectError(what: string, failure: unknown): string {
    const { world } = this.origin
    const code = failure instanceof Error && 'code' in failure ? failure.code : undefined
    if (typeof code !== 'string') throw failure
    world.note(`${this.tab.name}: ${what} fails with ${code}`)
    const { fullDisk, deletedStorage, heavyKills } = world.everFaults
    const isExpected =
      ALWAYS_EXPECTED.includes(code) ||
      (code === 'STORAGE_QUOTA_EXCEEDED' && fullDisk) ||
      (code === 'STORAGE_LOST' && (fullDisk || deletedStorage)) ||
      (code === 'STORAGE_BLOCKED' && deletedStorage) ||
      // A search is asked twice; both workers may die.
      (code === 'WORKER_LOST' && heavyKills)
    if (!isExpected) {
      const detail = failure instanceof Error ? failure.message : ''
      throw new InvariantError(`${what} failed with ${code}: ${detail}`)
    }
    return code
  }
}
