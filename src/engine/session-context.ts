import { applyCandidate, type Applied } from '../core/compaction/apply.ts'
import { assessPressure } from '../core/compaction/pressure.ts'
import { assembleContext } from '../core/session/assemble.ts'
import { contextKeyOf } from '../core/session/calibrated-tokens.ts'
import { BackfoldError } from '../core/backfold-error.ts'
import type { Context } from '../core/session/context.ts'
import type { Message, Part } from '../core/session/message.ts'
import type { SessionRow } from '../core/session/session-row.ts'
import { squeezeLimit } from '../core/session/squeeze-limit.ts'
import { squeezeContext } from '../core/session/squeeze.ts'
import type { ContextFormat, ContextResult } from '../protocol/requests.ts'
import { usualBounds, type ForcedJob, type JobSlot } from './job-slot.ts'
import type { ProbationWatch } from './probation-watch.ts'
import type { SessionCell } from './session-cell.ts'
import { addRecalled, recallForTurn } from './auto-recall.ts'
import { mendRules } from './mend-rules.ts'
import { takeBackWhereLost } from './take-back.ts'
import { takeOffWaitingPins } from './waiting-pins.ts'

/** Newest messages whose payloads stay in place even when the context must be made to fit. */
const LEAST_PROTECTED = 2

/** A context with the session's row, read at the same point in time. */
interface Found {
  readonly context: Context
  readonly session: SessionRow
}

/** A context as it is handed out, before it is written in a format. */
export interface PreparedContext {
  readonly context: Context
  readonly squeezed: boolean
  readonly adopted: boolean
}

export interface ContextReader {
  /** The context for the next request, in no format yet; adopts and folds first where that is due. */
  prepare(options: { readonly adopt: boolean }): Promise<PreparedContext>
  /** The context for the next request; adopts and folds first where that is due. */
  context(options: {
    readonly format?: ContextFormat
    readonly adopt?: boolean
  }): Promise<ContextResult>
  /** Makes the ready candidate the head generation, if it still fits. */
  apply(): Promise<Applied>
  /** Makes the ready candidate the head generation unless a turn is under way, or it is called off. */
  adoptAtRest(signal?: AbortSignal): Promise<void>
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
  given: {
    /** Name of this engine among those of all tabs. */
    readonly owner: string
    /** Whether a job that runs may be waited for at the hard threshold. */
    mayJoin(): boolean
    readonly closing: AbortSignal
  },
): ContextReader {
  const { ports, id } = cell
  const { owner, closing } = given
  /** State of the session in which no fold could help: it is not tried again until that changes. */
  let fruitless = ''

  const read = async (): Promise<Found> => {
    const found = await ports.store.read({ session: id, head: true, tail: true, pins: true })
    if (!found.session) throw new BackfoldError('SESSION_NOT_FOUND', `session ${id} does not exist`)
    cell.know(found.session)
    const { session } = found
    return { context: assembleContext({ ...found, pinned: session.pins }), session }
  }

  const applyReady = async (): Promise<Applied> => {
    const { openJob, candidate } = cell.row()
    const applied = await ports.store.commit(
      {
        session: id,
        head: true,
        tail: true,
        pins: true,
        candidate: true,
        openJob: true,
        rules: 'all',
        asApplied: true,
      },
      (found) => applyCandidate(found, ports.clock.now()),
    )
    if (applied.session) cell.know(applied.session)
    announce(cell, applied, candidate === 0 ? undefined : openJob)
    return applied
  }

  const apply = async (): Promise<Applied> => {
    const first = await applyReady()
    const applied = (await mendRules(cell, owner, first, applyReady)) ?? first
    if (applied.kind === 'applied' && applied.extend) slot.follow('extend')
    if (applied.kind === 'refused' && applied.rebuild) slot.follow('rebuild')
    slot.lookAtPressure()
    return applied
  }

  /**
   * Folds without a model, joining a job that needs none, until the next request fits: first as usual, then
   * as tight as is legal.
   */
  const foldHard = async (): Promise<void> => {
    const { policy, nextSeq, headVersion } = cell.row()
    const state = `${nextSeq}:${headVersion}:${policy.budget.tokens}`
    if (state === fruitless) return
    const mayAdopt = policy.applyAt !== 'manual'
    const isHard = (): boolean => assessPressure(cell.contextTokens(), cell.row().policy) === 'hard'
    const tight = { retainMessages: LEAST_PROTECTED, retainTokens: 0, patienceTurns: 1 }
    const usual = {
      bounds: usualBounds(policy),
      protectMessages: policy.retainedTail.messages,
      takesOver: false,
    }
    const ladder: ForcedJob[] = [
      usual,
      { bounds: tight, protectMessages: LEAST_PROTECTED, takesOver: false },
    ]
    // What extractors have made of its finished blocks would be lost with a job that is under way.
    if (mayAdopt) ladder.unshift({ ...usual, takesOver: true })
    const running = cell.running()
    if (running?.job && given.mayJoin() && mayAdopt) {
      await running.settled
      if (isHard() && cell.row().candidate !== 0) await apply()
      if (!isHard()) return
    }
    await slot.interrupted(async () => {
      for (const forced of ladder) {
        if (forced.takesOver && cell.row().openJob === 0) continue
        const end = await slot.force(forced)
        // Meanwhile another tab may have folded, or the budget may have grown: then a turn is left alone.
        if (!isHard()) return
        if (end.kind === 'ready' || (mayAdopt && cell.row().candidate !== 0)) await apply()
        if (!isHard()) return
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
      if (await takeOffWaitingPins(cell)) changed = true
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

  const prepare = (adopt: boolean): Promise<PreparedContext> =>
    cell.exclusive(async () => {
      let { context, session } = await read()
      let adopted = false
      if (adopt) {
        adopted = await adoptWhereDue(context)
        if (adopted) ({ context, session } = await read())
      }
      if (adopt) await recallForTurn(cell, context, closing)
      const limit = squeezeLimit(session, context.tokens)
      const fitted =
        context.tokens > limit
          ? squeezeContext(context, limit, (text) => ports.tokeniser.count(text))
          : await addRecalled(cell, context, (tokens) => tokens <= squeezeLimit(session, tokens))
      const isSqueezed = context.tokens > limit
      if (adopt) {
        cell.setHandedOut({
          through: context.through,
          estimatedTokens: fitted.tokens,
          contextKey: `${contextKeyOf(session)}${variantOf(fitted, isSqueezed)}`,
        })
      }
      return { context: fitted, squeezed: isSqueezed, adopted }
    })

  return {
    apply: () => cell.exclusive(apply),
    adoptAtRest: (signal) =>
      cell.exclusive(async () => {
        if (cell.row().candidate === 0 || signal?.aborted) return
        const { context } = await read()
        if (cell.row().candidate !== 0 && isAtRest(newestMessage(context))) await apply()
      }),
    prepare: ({ adopt }) => prepare(adopt),
    context: async ({ format = 'openai', adopt = true }) => {
      const { context, squeezed, adopted } = await prepare(adopt)
      return { ...context, ...ports.codec.render(context, format), squeezed, adopted }
    },
  }
}

/** A squeezed context is another than the one that grows, and so is one with what was recalled for a turn. */
function variantOf({ entries }: Context, isSqueezed: boolean): string {
  if (isSqueezed) return ':squeezed'
  const recalled = entries.find(({ kind }) => kind === 'recalled')
  return recalled?.kind === 'recalled' ? `:recalled ${recalled.message.seq}` : ''
}

function newestMessage(context: Context): Message | undefined {
  const last = context.entries.at(-1)
  return last && last.kind !== 'digest' ? last.message : undefined
}

/** Parts after which the model goes on once they are answered. */
const EXCHANGED: ReadonlySet<Part['type']> = new Set([
  'tool-call',
  'tool-result',
  'approval-request',
  'approval-response',
])

/** Whether the model has not yielded yet: it called tools or asked for leave, or has its answer. */
function isMidTurn(newest: Message | undefined): boolean {
  return newest?.parts.some(({ type }) => EXCHANGED.has(type)) ?? false
}

/** Whether no turn is under way: nobody waits for the model either. */
function isAtRest(newest: Message | undefined): boolean {
  return newest?.role !== 'user' && !isMidTurn(newest)
}

/**
 * Tells what became of a candidate.
 *
 * @param held - Job whose candidate was to be applied, if there was one.
 */
function announce(cell: SessionCell, applied: Applied, held: number | undefined): void {
  const { id: session, ports } = cell
  if (applied.kind === 'refused') {
    cell.step({ type: 'discarded' })
    // Otherwise another tab has applied or discarded it, and has told.
    if (held === undefined || applied.reason === 'no-candidate') return
    cell.emit({ type: 'skipped', job: held, reason: applied.reason })
    ports.notices.post({ session, kind: 'job' })
    return
  }
  cell.step({ type: 'applied' })
  const event = { type: 'applied', job: applied.job.n, generation: applied.generation.n } as const
  cell.emit(event, { before: applied.before, after: applied.session.tokens.context })
  ports.notices.post({ session, kind: 'applied' })
}
