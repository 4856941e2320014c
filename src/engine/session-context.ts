import { applyCandidate, type Applied } from '../core/compaction/apply.ts'
import { assessPressure } from '../core/compaction/pressure.ts'
import { assembleContext } from '../core/session/assemble.ts'
import { calibrateTokens, contextKeyOf } from '../core/session/calibrated-tokens.ts'
import { BackfoldError } from '../core/backfold-error.ts'
import type { Context } from '../core/session/context.ts'
import type { Message } from '../core/session/message.ts'
import type { SessionRow } from '../core/session/session-row.ts'
import { squeezeContext } from '../core/session/squeeze.ts'
import type { ContextFormat, ContextResult } from '../protocol/requests.ts'
import { usualBounds, type JobSlot } from './job-slot.ts'
import type { ProbationWatch } from './probation-watch.ts'
import type { SessionCell } from './session-cell.ts'
import { takeBackWhereLost } from './take-back.ts'

/** Newest messages whose payloads stay in place even when the context must be made to fit. */
const LEAST_PROTECTED = 2

/** A context with the session's row, read at the same point in time. */
interface Found {
  readonly context: Context
  readonly session: SessionRow
}

export interface ContextReader {
  /** The context for the next request; adopts and folds first where that is due. */
  context(options: {
    readonly format?: ContextFormat
    readonly adopt?: boolean
  }): Promise<ContextResult>
  /** Makes the ready candidate the head generation, if it still fits. */
  apply(): Promise<Applied>
  /** Makes the ready candidate the head generation unless a turn is under way. */
  adoptAtRest(): Promise<void>
}

/**
 * Hands out contexts. This is where prepared and applied meet: a candidate is adopted only between
 * turns, or when the context would otherwise not fit.
 *
 * @see SPEC.md rules TURN1–TURN6
 */
export function createContextReader(
  cell: SessionCell,
  slot: JobSlot,
  watch: ProbationWatch,
  isModelFree: boolean,
): ContextReader {
  const { ports, id } = cell
  /** State of the session in which no fold could help: it is not tried again until that changes. */
  let fruitless = ''

  const read = async (): Promise<Found> => {
    const found = await ports.store.read({ session: id, head: true, tail: true, pins: true })
    if (!found.session) throw new BackfoldError('SESSION_NOT_FOUND', `session ${id} does not exist`)
    cell.know(found.session)
    const { session } = found
    return { context: assembleContext({ ...found, pinned: session.pins }), session }
  }

  const apply = async (): Promise<Applied> => {
    const applied = await ports.store.commit(
      {
        session: id,
        head: true,
        tail: true,
        pins: true,
        candidate: true,
        openJob: true,
        asApplied: true,
      },
      (found) => applyCandidate(found, ports.clock.now()),
    )
    if (applied.session) cell.know(applied.session)
    announce(cell, applied)
    if (applied.kind === 'applied' && applied.extend) slot.follow('extend')
    if (applied.kind === 'refused' && applied.rebuild) slot.follow('rebuild')
    slot.lookAtPressure()
    return applied
  }

  /** Folds without a model, joining a job that needs none, until the next request fits, first as usual, then as tight as is legal. */
  const foldHard = async (): Promise<void> => {
    const { policy, nextSeq, headVersion } = cell.row()
    const state = `${nextSeq}:${headVersion}:${policy.budget.tokens}`
    if (state === fruitless) return
    const tight = { retainMessages: LEAST_PROTECTED, retainTokens: 0, patienceTurns: 1 }
    const ladder = [
      { bounds: usualBounds(policy), protect: policy.retainedTail.messages },
      { bounds: tight, protect: LEAST_PROTECTED },
    ]
    const running = cell.running()
    if (running?.job && isModelFree && policy.applyAt !== 'manual') {
      await running.settled
      if (cell.row().candidate !== 0) await apply()
      if (assessPressure(cell.contextTokens(), policy) !== 'hard') return
    }
    await slot.suspended(async () => {
      for (const { bounds, protect } of ladder) {
        const end = await slot.force(bounds, protect)
        if (end.kind === 'ready' || cell.row().candidate !== 0) await apply()
        if (assessPressure(cell.contextTokens(), policy) !== 'hard') return
      }
      fruitless = state
    })
  }

  const adoptWhereDue = async (context: Context): Promise<boolean> => {
    const { policy } = cell.row()
    const isHard = assessPressure(cell.contextTokens(), policy) === 'hard'
    const newest = newestMessage(context)
    const isTurnStart = !isMidTurn(newest) && context.through !== cell.handedOut()?.through
    let changed = false
    if (isTurnStart) {
      await watch.settled()
      changed = await takeBackWhereLost(cell, slot)
    }
    const isDue =
      (policy.applyAt === 'turn' && isTurnStart) || (policy.applyAt !== 'manual' && isHard)
    if (cell.row().candidate !== 0 && isDue) {
      if ((await apply()).kind === 'applied') changed = true
    }
    if (assessPressure(cell.contextTokens(), policy) === 'hard') {
      const before = cell.row().headVersion
      await foldHard()
      changed ||= cell.row().headVersion !== before
    }
    return changed
  }

  return {
    apply: () => cell.exclusive(apply),
    adoptAtRest: () =>
      cell.exclusive(async () => {
        if (cell.row().candidate === 0) return
        const { context } = await read()
        if (cell.row().candidate !== 0 && !isMidTurn(newestMessage(context))) await apply()
      }),
    context: ({ format = 'openai', adopt = true }) =>
      cell.exclusive(async () => {
        let { context, session } = await read()
        let adopted = false
        if (adopt) {
          adopted = await adoptWhereDue(context)
          if (adopted) ({ context, session } = await read())
        }
        const limit = squeezeLimit(session, context)
        const fitted =
          context.tokens > limit
            ? squeezeContext(context, limit, (text) => ports.tokeniser.count(text))
            : context
        if (adopt) {
          cell.setHandedOut({
            through: context.through,
            estimatedTokens: fitted.tokens,
            // A squeezed context is another than the one that grows.
            contextKey: `${contextKeyOf(session)}${fitted === context ? '' : ':squeezed'}`,
          })
        }
        const rendered = ports.codec.render(fitted, format)
        return { ...fitted, ...rendered, squeezed: fitted !== context, adopted }
      }),
  }
}

/** Most tokens, as estimated, that the context may have: just below the hard threshold. */
function squeezeLimit(session: SessionRow, context: Context): number {
  const { budget } = session.policy
  const over = calibrateTokens(session, context.tokens) - budget.tokens * budget.hard
  // What a request holds beside its context does not shrink with it, so only the factor counts.
  const factor = session.calibration.models[0]?.factor ?? 1
  return Math.max(0, Math.ceil(context.tokens - over / factor) - 1)
}

function newestMessage(context: Context): Message | undefined {
  const last = context.entries.at(-1)
  return last && last.kind !== 'digest' ? last.message : undefined
}

/** Whether the model has not yielded yet: it called tools, or waits for the rest of their results. */
function isMidTurn(newest: Message | undefined): boolean {
  return (
    newest?.parts.some((part) => part.type === 'tool-result' || part.type === 'tool-call') ?? false
  )
}

function announce(cell: SessionCell, applied: Applied): void {
  if (applied.kind === 'refused') {
    cell.step({ type: 'discarded' })
    return
  }
  cell.step({ type: 'applied' })
  const event = { type: 'applied', job: applied.job.n, generation: applied.generation.n } as const
  cell.emit(event, { before: applied.before, after: applied.session.tokens.context })
  cell.ports.notices.post({ session: cell.id, kind: 'applied' })
}
