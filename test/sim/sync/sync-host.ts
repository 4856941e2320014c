import { isBackfoldError } from '../../../src/core/backfold-error.ts'
import type { Method, Params, Result } from '../../../src/protocol/requests.ts'
import { MessageComposer } from '../host/compose-messages.ts'
import type { SentMessage } from '../checker/receipts.ts'
import type { SeededRandom } from '../seeded-random.ts'
import type { World } from '../world/world.ts'
import type { DeviceTab } from './device.ts'
import type { SyncChecker } from './sync-checker.ts'
import { chooseSyncPolicy, type SyncAction } from './sync-plan.ts'

/** Errors that a host must expect whatever it does: a session may be deleted elsewhere at any moment. */
const EXPECTED: readonly string[] = ['INVALID_INPUT', 'SESSION_NOT_FOUND', 'CLOSED']

/** Lets tabs do what hosts do. */
export class SyncHosts {
  private readonly world: World
  private readonly checker: SyncChecker
  private readonly composer: MessageComposer
  private moment = 0

  constructor(world: World, checker: SyncChecker) {
    this.world = world
    this.checker = checker
    this.composer = new MessageComposer(world)
  }

  act(tab: DeviceTab, action: SyncAction, session: string): void {
    this.moment += 1
    this.world.note(`${tab.tab.name}: host ${action} ${session}`)
    void this.carryOut(tab, action, session)
  }

  private async carryOut(tab: DeviceTab, action: SyncAction, session: string): Promise<void> {
    const { composer, world } = this
    const { random } = world
    const { session: row } = await tab.device.store.read({ session })
    const newest = (row?.nextSeq ?? 1) - 1
    const seq = newest === 0 ? 1 : 1 + random.below(newest)
    const ask = <M extends Method>(method: M, params: Params<M>): Promise<Result<M> | undefined> =>
      this.ask(tab, method, params)
    switch (action) {
      case 'append': {
        const count = 1 + random.below(3)
        const messages = Array.from({ length: count }, (_, n) =>
          n % 2 === 0 ? composer.user() : composer.assistant(),
        )
        return this.append(tab, session, messages)
      }
      case 'exchange': {
        const result = composer.result()
        return this.append(tab, session, [result ?? composer.call()])
      }
      case 'turn':
        await this.append(tab, session, [composer.user()])
        await ask('context', { session })
        return
      case 'compact':
        await ask('compact', { session })
        return
      case 'apply':
        await ask('apply', { session })
        return
      case 'rollback':
        await ask('rollback', { session, n: random.below((row?.lastGeneration ?? 0) + 1) })
        return
      case 'branch':
        await ask('branch', { session, after: Math.max(0, seq - 1) })
        return
      case 'pin':
        await ask('pin', { session, seq, pinned: true })
        return
      case 'unpin':
        await ask('pin', { session, seq: row?.pins[0] ?? 1, pinned: false })
        return
      case 'describe':
        await ask('describe', { session, patch: { title: `title ${world.issueId()}` } })
        return
      case 'rule':
        await ask('rules', {
          session,
          change: { do: 'add', text: `Never say ${world.issueId()}.` },
        })
        return
      case 'pad':
        await ask('pads', { session, command: { kind: 'import', json: composePads(random) } })
        return
      case 'open':
        await ask('open', { session, options: chooseSyncPolicy(random) })
        return
      case 'delete':
        this.checker.deleted.add(`${tab.device.name} ${session}`)
        await ask('delete', { session })
    }
  }

  private async append(
    tab: DeviceTab,
    session: string,
    messages: readonly SentMessage[],
  ): Promise<void> {
    const asked = (this.moment += 1)
    const receipt = await this.ask(tab, 'append', {
      session,
      messages,
    })
    const answered = (this.moment += 1)
    const device = tab.device.name
    for (const id of receipt?.ids ?? []) {
      this.checker.receipts.push({ device, session, id, asked, answered })
    }
  }

  private async ask<M extends Method>(
    tab: DeviceTab,
    method: M,
    params: Params<M>,
  ): Promise<Result<M> | undefined> {
    try {
      return await tab.engine.handle(method, params)
    } catch (failure) {
      if (!isBackfoldError(failure) || !EXPECTED.includes(failure.code)) this.world.fail(failure)
      return undefined
    }
  }
}

/** A file of one pad, often of the same steps as another. */
function composePads(random: SeededRandom): string {
  const goal = random.pick(['build the site', 'run the tests', 'write a note'])
  const steps = [{ tool: 'run', arguments: { command: `npm run ${random.below(3)}` } }]
  return JSON.stringify({
    format: 'backfold-pads',
    version: 1,
    pads: [{ name: goal, goal, steps }],
  })
}
