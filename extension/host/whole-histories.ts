import type { RequestPlan } from '../../src/protocol/host-requests.ts'
import { siteSettingsOf } from '../settings/read-settings.ts'
import type { LoggedRequest } from '../wire/panel-wire.ts'
import type { PagePlan } from '../wire/page-wire.ts'
import type { ChatsWorld } from './chats.ts'
import type { Frame, FramePlan } from './frame.ts'
import { addressOf, peekRequest, type PeekedRequest } from './peek-request.ts'
import { readAnswer, readRequest } from './read-notices.ts'
import type { RequestLog } from './request-log.ts'
import type { SessionWatch } from './session-watch.ts'
import type { ToldWindows } from './told-windows.ts'
import { budgetOf, windowFor, windowOf, type WindowFound } from './window-of.ts'

/** The requests of pages that send their whole history. */
export interface WholeHistories {
  plan(frame: Frame, request: unknown): Promise<PagePlan>
  rescue(frame: Frame, refused: unknown): Promise<PagePlan>
  answer(frame: Frame, answer: unknown): Promise<null>
  undo(id: string): Promise<{ readonly isUndone: boolean; readonly reason: string }>
  /** How large the window is that a frame's requests go into. */
  windowOf(origin: string, peeked: PeekedRequest): WindowFound
  /** Keeps the session of a frame to its window. */
  settle(frame: Frame): Promise<void>
}

export interface WholeDeps {
  readonly world: ChatsWorld
  readonly log: RequestLog
  readonly told: ToldWindows
  readonly watch: SessionWatch
  /** Whether anything may be done for a frame. */
  readonly mayServe: (frame: Frame) => boolean
  readonly onFrame: (frame: Frame) => void
  readonly onLog: () => void
}

const PASS: PagePlan = { kind: 'pass' }

/** @see SPEC.md rules CHATS3–CHATS9 */
export function createWholeHistories(deps: WholeDeps): WholeHistories {
  const { world, log, told, watch, mayServe, onFrame, onLog } = deps
  const { call } = world

  const siteOf = (frame: Frame): ReturnType<typeof siteSettingsOf> =>
    siteSettingsOf(world.settings(), frame.origin)

  const findWindow: WholeHistories['windowOf'] = (origin, { server, model, window, assumed }) =>
    windowOf({
      model,
      set: siteSettingsOf(world.settings(), origin).windows,
      told: window ?? told.get(origin, server, model),
      ...(assumed === undefined ? {} : { assumed }),
    })

  const policyOf = (origin: string, peeked: PeekedRequest): WholePolicy => ({
    budget: { tokens: budgetOf(findWindow(origin, peeked).window) },
    summarisers: siteSettingsOf(world.settings(), origin).summarisers,
  })

  const settle = async (frame: Frame): Promise<void> => {
    const { whole, origin } = frame
    if (!whole || !mayServe(frame)) return
    const { session } = whole
    await watch.settle(session, policyOf(origin, whole.peeked))
    const known = watch.state(session)?.details.host
    if (!known || Object.hasOwn(known, 'chat')) return
    // The archive leads back to its page.
    const chat = JSON.stringify({ site: null, origin, url: frame.place?.url ?? origin })
    await call('describe', { session, patch: { host: { chat } } })
  }

  const note = (
    frame: Frame,
    url: string,
    plan: RequestPlan,
    before: string,
    kind: LoggedRequest['kind'],
  ): string => {
    const id = world.newId()
    const isSent = plan.kind === 'send'
    log.add(
      {
        id,
        kind: isSent ? kind : 'passed',
        at: world.now(),
        tab: frame.peer.tab,
        origin: frame.origin,
        url: addressOf(url),
        reason: isSent ? '' : plan.reason,
        session: plan.session ?? null,
        format: plan.format ?? null,
        generation: isSent ? plan.generation : 0,
        folded: isSent ? plan.folded : 0,
        restored: isSent ? plan.restored : 0,
        tokens: isSent ? plan.tokens : null,
        isUndone: false,
      },
      isSent ? { before, after: plan.body } : null,
    )
    onLog()
    return id
  }

  /** What follows from a plan, after the page has it: it waits for nothing of this. */
  const follow = (frame: Frame, plan: RequestPlan, peeked: PeekedRequest): void => {
    if (plan.format === undefined) return
    frame.isWhole = true
    if (plan.session !== undefined) {
      frame.whole = { session: plan.session, peeked }
      void settle(frame)
        .then(() => watch.look(plan.session ?? ''))
        .catch(() => {})
    }
    onFrame(frame)
  }

  return {
    windowOf: findWindow,
    settle,
    async plan(frame, given) {
      const site = siteOf(frame)
      if (!mayServe(frame) || !site.rewrites || !world.isOpen()) return PASS
      const request = readRequest(given)
      if (!request || !frame.requests.take()) return PASS
      const peeked = peekRequest(request)
      const { url, body } = request
      const options = { scope: frame.origin, policy: policyOf(frame.origin, peeked) }
      const plan = await call('planRequest', { request, options })
      const logged = note(frame, url, plan, body, 'sent')
      if (plan.plan !== undefined && plan.session !== undefined) {
        const { session } = plan
        frame.plans.add(plan.plan, { session, peeked, logged, body }, body.length)
      }
      follow(frame, plan, peeked)
      return toPage(plan)
    },
    async rescue(frame, given) {
      const refused = readAnswer(given)
      const planned = refused && frame.plans.get(refused.plan)
      if (!planned || !mayServe(frame) || !siteOf(frame).rescues) return PASS
      if (!frame.requests.take()) return PASS
      const plan = await call('rescueRequest', refused)
      const isSent = plan.kind === 'send'
      if (isSent) {
        const url = log.find(planned.logged)?.url ?? ''
        note(frame, url, plan, planned.body, 'rescued')
        await learn(frame, planned)
      }
      follow(frame, plan, planned.peeked)
      return toPage(plan)
    },
    async answer(frame, given) {
      const answered = readAnswer(given)
      // What a former host planned is forgotten: the next request tells the answer.
      if (!answered || !frame.plans.get(answered.plan) || !mayServe(frame)) return null
      await world.backfold()
      await call('recordAnswer', { plan: answered.plan, answer: answered.answer })
      return null
    },
    async undo(id) {
      const request = log.find(id)
      if (!request || request.kind === 'passed' || request.session === null) {
        return { isUndone: false, reason: 'there is no such request, or nothing was folded in it' }
      }
      if (request.isUndone) return { isUndone: false, reason: 'it was taken back before' }
      const undone = await takeBack(world.call, request.session, request.generation)
      if (!undone.isUndone) return undone
      for (const { id: other, session, generation } of log.all()) {
        if (session === request.session && generation >= request.generation) {
          log.change(other, { isUndone: true })
        }
      }
      onLog()
      return undone
    },
  }

  /** A refused request tells how much fits: that is remembered as its server's window. */
  async function learn(frame: Frame, { session, peeked }: FramePlan): Promise<void> {
    const state = await watch.look(session)
    if (state) {
      told.set(frame.origin, peeked.server, peeked.model, windowFor(state.budget.tokens))
    }
  }
}

interface WholePolicy {
  readonly budget: { readonly tokens: number }
  readonly summarisers: 'all' | readonly string[]
}

function toPage(plan: RequestPlan): PagePlan {
  if (plan.kind === 'send') return { kind: 'send', plan: plan.plan, body: plan.body }
  return plan.plan === undefined ? PASS : { kind: 'pass', plan: plan.plan }
}

/** Makes the generation before one the head again, where it is in force. */
async function takeBack(
  call: ChatsWorld['call'],
  session: string,
  generation: number,
): Promise<{ readonly isUndone: boolean; readonly reason: string }> {
  const all = await call('generations', { session }).catch(() => [])
  const state = await call('state', { session }).catch(() => null)
  if (!state) return { isUndone: false, reason: 'its session is not in the archive any more' }
  const parents = new Map(all.map(({ n, parent }) => [n, parent]))
  const former = parents.get(generation)
  let head = state.generation
  while (head > generation) head = parents.get(head) ?? 0
  if (former === undefined || head !== generation) {
    return { isUndone: false, reason: 'its fold is not in force any more' }
  }
  const rolled = await call('rollback', { session, n: former })
  if (rolled.kind === 'refused') return { isUndone: false, reason: rolled.reason }
  const { budget, tokens } = await call('state', { session })
  const isTooMuch = tokens.context >= budget.tokens * budget.hard
  return {
    isUndone: true,
    reason: isTooMuch ? 'it does not fit its window now, and is folded again where it must' : '',
  }
}
