import type { Job } from '../../../src/core/compaction/job.ts'
import type { Asks, Ask } from './asks.ts'
import { callIds, resultIds } from '../../../src/core/session/message.ts'
import { isApply } from './check-generations.ts'
import { expectThat } from './invariant-error.ts'
import { isHard } from './real-tokens.ts'
import { isMidTurn, throughOf } from './turn-state.ts'
import type { View } from './view.ts'

/** What is known of an engine besides what it was asked. */
export interface EngineTrail {
  /** Newest message of the context that it handed out last. */
  handedOut: number | undefined
  /** When a host heard of it last. */
  touchedAt: number
  /** Index of the newest view then. */
  touchedView: number
  /** The same of the time before. What began when it was idle may end after it was heard of again. */
  before: { readonly touchedAt: number; readonly touchedView: number }
}

/** Everything that tells whether a change was called for. */
export interface Causes {
  readonly asks: Asks
  readonly actor: object
  readonly trail: EngineTrail
  /** Everything that was stored before. */
  readonly views: readonly View[]
  /** Virtual time. */
  readonly elapsed: number
  /** Job whose candidate the head became. */
  readonly job: Job | undefined
}

/**
 * Nothing but appends changes a context by itself: every move of the head, every pin and every policy
 * must have a cause, and in the middle of a turn only the hard threshold is one, or somebody's order.
 */
export function checkCauses(before: View, after: View, causes: Causes): void {
  const { asks, actor } = causes
  const [from, to] = [before.session, after.session]
  if (to.branch !== from.branch) {
    expectThat(asks.has(actor, 'branch'), 'a branch that nobody asked for')
  } else if (to.headVersion !== from.headVersion) {
    const why = isApply(before, after) ? whyNotApplied(causes) : whyNotRolledBack(before, causes)
    expectThat(why === undefined, `generation ${from.head} → ${to.head}: ${why}`)
  }
  if (to.pins.join() !== from.pins.join()) {
    const isPinned =
      asks.has(actor, 'pin') || asks.has(actor, 'append') || to.branch !== from.branch
    const isCalledFor = isPinned || isTakingBack(before, causes) || areExchangesWhole(before, after)
    expectThat(isCalledFor, 'pins that nobody set')
  }
  if (JSON.stringify(to.policy) !== JSON.stringify(from.policy)) {
    expectThat(asks.has(actor, 'configure'), 'a policy that nobody set')
  }
}

/** Whether a job began, and nothing was pinned for it but the rest of what was pinned in part. */
function areExchangesWhole({ session: from }: View, { session: to, active }: View): boolean {
  const has = (pins: readonly number[]) => (seq: number) => pins.includes(seq)
  if (to.epoch === from.epoch || !from.pins.every(has(to.pins))) return false
  const idsAt = (seq: number): readonly string[] => {
    const message = active.find((one) => one.seq === seq)
    return message ? [...callIds(message), ...resultIds(message)] : []
  }
  const added = to.pins.filter((seq) => !has(from.pins)(seq))
  return added.every((seq) => {
    const others = to.pins.filter((other) => other !== seq).flatMap(idsAt)
    return idsAt(seq).some((id) => others.includes(id))
  })
}

/** Undefined if an apply has a cause. */
function whyNotApplied(causes: Causes): string | undefined {
  const { asks, actor, views, trail, job } = causes
  if (asks.has(actor, 'apply')) return undefined
  for (const ask of adopting(asks, actor)) {
    const seen = viewsSince(views, ask)
    const isTurn = seen.some(
      (view) => view.session.policy.applyAt === 'turn' && startsTurn(view, trail),
    )
    if (isTurn) return undefined
    const mayBeReady = seen.some(({ session }) => session.policy.applyAt !== 'manual')
    if (!seen.some(({ session }) => isHard(session))) continue
    if (mayBeReady || job?.trigger === 'hard') return undefined
  }
  const isOpened = asks
    .of(actor, 'open')
    .some((ask) => viewsSince(views, ask).some((view) => rests(view, 'between')))
  if (isOpened || isIdle(causes)) return undefined
  const seen = adopting(asks, actor).map((ask) => viewsSince(views, ask).map(describe).join(', '))
  return `applied in the middle of a turn, unasked, with room left (${seen.join('; ')})`
}

function describe(view: View): string {
  const state = isMidTurn(view) ? 'in a turn' : 'between turns'
  return `up to ${throughOf(view)} ${state}${isHard(view.session) ? ', too large' : ''}`
}

/** The time that a session must have been idle for has passed since its host was heard of. */
function isIdle({ views, trail, elapsed }: Causes): boolean {
  const { before, touchedAt, touchedView } = trail
  const gaps = [
    { from: touchedView, ms: elapsed - touchedAt },
    { from: before.touchedView, ms: touchedAt - before.touchedAt },
  ]
  return gaps.some(({ from, ms }) =>
    views
      .slice(Math.max(0, from))
      .some((view) => rests(view, 'idle') && ms >= view.session.policy.idleAfterMs),
  )
}

function rests(view: View, applyAt: string): boolean {
  return view.session.policy.applyAt === applyAt && !isMidTurn(view)
}

function whyNotRolledBack(before: View, causes: Causes): string | undefined {
  if (causes.asks.has(causes.actor, 'rollback')) return undefined
  return isTakingBack(before, causes) ? undefined : 'rolled back without order or evidence'
}

/** Whether the head is on probation, with enough evidence against it, and a turn starts. */
function isTakingBack(before: View, { asks, actor, views, trail }: Causes): boolean {
  const { probation, policy, head } = before.session
  const evidence = probation?.generation === head ? probation.evidence : []
  const weight = evidence.reduce((sum, piece) => sum + piece.weight, 0)
  if (weight < policy.probation.evidence) return false
  return adopting(asks, actor).some((ask) =>
    viewsSince(views, ask).some((view) => startsTurn(view, trail)),
  )
}

function startsTurn(view: View, { handedOut }: EngineTrail): boolean {
  return !isMidTurn(view) && throughOf(view) !== handedOut
}

function adopting(asks: Asks, actor: object): readonly Ask<'context'>[] {
  return asks.of(actor, 'context').filter(({ params }) => params.adopt !== false)
}

/** Everything that was stored between a request and now. */
export function viewsSince(
  views: readonly View[],
  { sentAt }: Pick<Ask, 'sentAt'>,
): readonly View[] {
  return views.slice(Math.max(0, sentAt))
}
