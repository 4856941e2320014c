import { expect } from 'vitest'
import type { Session } from '../../src/client/session.ts'
import { isBackfoldError } from '../../src/core/backfold-error.ts'
import type { PolicyOptions } from '../../src/core/session/policy.ts'
import { BackfoldDatabase } from '../../src/store/database.ts'
import { createEstimatingTokeniser } from '../../src/models/estimating-tokeniser.ts'
import type { AppendReceipt } from '../../src/protocol/requests.ts'
import { checkContext } from '../sim/checker/check-context.ts'
import { checkSession } from '../sim/checker/check-session.ts'
import { Receipts, type SentMessage } from '../sim/checker/receipts.ts'
import type { View } from '../sim/checker/view.ts'
import { MessageComposer } from '../sim/host/compose-messages.ts'
import { createSeededRandom, type SeededRandom } from '../sim/seeded-random.ts'
import { openPage, type OpenPage } from './open-page.ts'

const TABS = 3
const ACTIONS = 60
/** Most actions that are under way at once. */
const MOST_UNDER_WAY = 6

const POLICY: PolicyOptions = {
  budget: { tokens: 1_500, soft: 0.6, hard: 0.9, target: 0.35 },
  retainedTail: { messages: 3, share: 0.1 },
  largePayloadTokens: 60,
  blockTokens: 400,
}

/** What a call may end with when a worker dies under it, or when it asks for what there is not. */
const EXPECTED: readonly string[] = ['WORKER_LOST', 'INVALID_INPUT', 'SESSION_NOT_FOUND', 'CLOSED']

interface SoakTab {
  page: OpenPage
  session: Session
}

/** What one run came to, for a test that looks whether anything happened. */
export interface Soaked {
  readonly messages: number
  readonly applied: number
  readonly killed: number
}

/** Several engines with real workers over one real database, one seed's worth of actions, then the checks. */
export class Soak {
  private readonly random: SeededRandom
  private readonly composer: MessageComposer
  private readonly database: string
  private readonly receipts = new Receipts()
  private readonly acknowledged: { readonly ids: string[]; readonly receipt: AppendReceipt }[] = []
  private readonly tabs: SoakTab[] = []
  private readonly underWay = new Set<Promise<void>>()
  private readonly surprises: unknown[] = []
  private issued = 0
  private killed = 0

  constructor(seed: number) {
    this.random = createSeededRandom(seed)
    this.database = `soak-${seed}-${crypto.randomUUID()}`
    const issueId = (): string => `s${seed}-${(this.issued += 1)}`
    this.composer = new MessageComposer({ random: this.random, issueId })
  }

  async run(): Promise<Soaked> {
    for (let tab = 0; tab < TABS; tab += 1) this.tabs.push(await this.open())
    for (let action = 0; action < ACTIONS; action += 1) {
      this.begin(this.random.pick(this.tabs))
      if (this.underWay.size >= MOST_UNDER_WAY) await Promise.race(this.underWay)
    }
    await Promise.all(this.underWay)
    await this.comeToRest()
    const soaked = await this.check()
    for (const { page } of this.tabs) await page.backfold.close()
    await new BackfoldDatabase(this.database).delete()
    return soaked
  }

  private async open(): Promise<SoakTab> {
    const page = await openPage({ name: this.database })
    return { page, session: await page.backfold.session('s', POLICY) }
  }

  private begin(tab: SoakTab): void {
    const work = this.act(tab).catch((failure: unknown) => {
      if (!isBackfoldError(failure) || !EXPECTED.includes(failure.code))
        this.surprises.push(failure)
    })
    this.underWay.add(work)
    void work.then(() => this.underWay.delete(work))
  }

  private async act(tab: SoakTab): Promise<void> {
    const { random } = this
    const { session } = tab
    const newest = session.state.get().newest
    const someSeq = 1 + random.below(Math.max(1, newest))
    switch (random.below(16)) {
      case 0:
        await session.apply()
        return
      case 1:
        await session.compact()
        return
      case 2:
        await session.rollback(random.below(session.state.get().generation + 1))
        return
      case 3:
        await session.pin(someSeq)
        return
      case 4:
        await session.branch(Math.max(0, newest - 1 - random.below(3)))
        return
      case 5:
        await session.recall({ from: someSeq, to: someSeq + 3 })
        return
      case 6:
        // One that is up: of one that dies before it has begun, only the deadline tells.
        await tab.page.backfold.sessions()
        this.killed += 1
        tab.page.workers.at(-1)?.terminate()
        return
      case 7: {
        const { page } = tab
        Object.assign(tab, await this.open())
        await page.backfold.close()
        return
      }
      case 8:
      case 9:
      case 10:
        await this.append(session, this.turn())
        await session.context()
        return
      default:
        await this.append(session, this.turn())
    }
  }

  /** A question, and an answer that may have called a tool. */
  private turn(): readonly SentMessage[] {
    const { composer, random } = this
    if (random.chance(0.4)) return [composer.user(), composer.assistant()]
    const call = composer.call()
    const results = (call.tool_calls ?? []).flatMap(() => composer.result() ?? [])
    return [composer.user(), call, ...results, composer.assistant()]
  }

  private async append(session: Session, messages: readonly SentMessage[]): Promise<void> {
    const ids = messages.map(() => `own-${(this.issued += 1)}`)
    this.receipts.send(ids, messages)
    const inputs = messages.map((message, index) => ({ ...message, id: ids[index] ?? '' }))
    const receipt = await session.append(...inputs)
    this.acknowledged.push({ ids, receipt })
  }

  /** Until no job runs in any tab. */
  private async comeToRest(): Promise<void> {
    await expect
      .poll(
        async () => {
          const states = this.tabs.map(({ session }) => session.state.get().job.status)
          const [tab] = this.tabs
          const jobs = (await tab?.session.jobs()) ?? []
          return [...states, ...jobs.map(({ state }) => state)].filter((state) =>
            ['running', 'queued'].includes(state),
          )
        },
        { timeout: 20_000 },
      )
      .toEqual([])
  }

  private async check(): Promise<Soaked> {
    expect(this.surprises).toEqual([])
    const view = await this.readView()
    const { log } = view
    expect(log.map(({ seq }) => seq)).toEqual(log.map((_, index) => index + 1))
    this.receipts.checkNew(log.map((after) => ({ before: undefined, after })))
    for (const { ids, receipt } of this.acknowledged) this.receipts.acknowledge(ids, receipt, true)
    checkSession(undefined, view)
    const { count } = createEstimatingTokeniser()
    for (const { session } of this.tabs) {
      checkContext(await session.context({ adopt: false }), [view], count)
    }
    const generations = (await this.tabs[0]?.session.generations()) ?? []
    const applied = generations.filter(({ appliedAt }) => appliedAt !== undefined)
    return { messages: log.length, applied: applied.length, killed: this.killed }
  }

  /** What is stored, read behind the back of every engine. */
  private async readView(): Promise<View> {
    const db = new BackfoldDatabase(this.database)
    await db.open()
    try {
      const session = await db.sessions.get('s')
      if (!session) throw new Error('the session is gone')
      const log = await db.messages.toArray()
      const head = await db.generations.get(['s', session.head])
      const active = log.filter((message) => message.active)
      return { index: 0, elapsed: 0, session, log, active, head }
    } finally {
      db.close()
    }
  }
}
