import type { ContextResult, Method, Params } from '../../../src/protocol/requests.ts'
import type { RowChange } from '../world/stored-rows.ts'
import { Asks, type Ask } from './asks.ts'
import { checkCauses, viewsSince, type EngineTrail } from './check-causes.ts'
import { checkContext, checkGrowth, sentContext, type SentContext } from './check-context.ts'
import { GenerationCheck } from './check-generations.ts'
import { JobCheck } from './check-jobs.ts'
import { LogCheck } from './check-log.ts'
import { checkSession } from './check-session.ts'
import { Receipts } from './receipts.ts'
import { CommittedRows, type View } from './view.ts'

/** What the checker must be told of the world that it watches. */
export interface Watched {
  readonly session: string
  /** Virtual time. */
  elapsed(): number
  /** Name that an engine has among all engines. */
  ownerOf(actor: object): string
  count(text: string): number
}

/**
 * The checker's own idea of what must hold. It knows what was asked and answered, sees every state
 * that was ever stored, and computes everything else by itself: no line of it is shared with the core.
 */
export class Checker {
  readonly receipts: Receipts = new Receipts()
  private readonly watched: Watched
  private readonly asks = new Asks()
  private readonly trails = new Map<object, EngineTrail>()
  private readonly sent = new Map<object, SentContext>()
  private era = 0
  private stored: Stored

  constructor(watched: Watched) {
    this.watched = watched
    this.stored = new Stored(watched.session)
  }

  /** Committed states of the present database, the newest last. */
  get views(): readonly View[] {
    return this.stored.views
  }

  get rows(): CommittedRows {
    return this.stored.rows
  }

  /** A transaction of this engine is complete. */
  committed(actor: object, changes: readonly RowChange[]): void {
    const { stored, watched } = this
    const { views, rows } = stored
    const delta = rows.apply(changes)
    const before = views.at(-1)
    const after = rows.view(views.length, watched.elapsed())
    if (!after || after.session === before?.session) return
    stored.log.check(before, after, delta)
    checkSession(before, after)
    stored.jobs.check(views, after, delta, rows, watched.ownerOf(actor))
    stored.generations.check(before, after, delta, rows, stored.jobs)
    this.receipts.checkNew(delta.messages)
    const causes = {
      asks: this.asks,
      actor,
      trail: this.trailOf(actor),
      views,
      elapsed: watched.elapsed(),
      job: after.head && rows.jobs.get(after.head.job),
    }
    if (before) checkCauses(before, after, causes)
    views.push(after)
  }

  /** The database is gone: what was stored there need not be anywhere. */
  deleted(): void {
    this.era += 1
    this.stored = new Stored(this.watched.session)
    this.receipts.forget()
    this.sent.clear()
    for (const trail of this.trails.values()) trail.touchedView = 0
  }

  asked<M extends Method>(actor: object, method: M, params: Params<M>): Ask<M> {
    const ask = { method, params, actor, sentAt: this.views.length - 1, era: this.era }
    this.asks.add(ask)
    return ask
  }

  /** Whether the database is still the one that a request was sent to. */
  isCurrent({ era }: Ask): boolean {
    return era === this.era
  }

  answered(ask: Ask): void {
    this.asks.remove(ask)
    if (ask.method !== 'context' && ask.method !== 'append') return
    const trail = this.trailOf(ask.actor)
    const touchedAt = this.watched.elapsed()
    // Several answers at one moment are one sign of life.
    if (touchedAt !== trail.touchedAt) {
      trail.before = { touchedAt: trail.touchedAt, touchedView: trail.touchedView }
    }
    trail.touchedAt = touchedAt
    trail.touchedView = this.views.length - 1
  }

  /** A host was given this context. */
  context(ask: Ask<'context'>, context: ContextResult): View {
    const views = viewsSince(this.views, ask)
    const view = checkContext(context, views, (text) => this.watched.count(text))
    this.receipts.checkShown(context)
    const sent = sentContext(context, view)
    const last = this.sent.get(ask.actor)
    if (last) checkGrowth(last, sent)
    if (ask.params.adopt !== false) {
      this.sent.set(ask.actor, sent)
      this.trailOf(ask.actor).handedOut = context.through
    }
    return view
  }

  private trailOf(actor: object): EngineTrail {
    const known = this.trails.get(actor)
    if (known) return known
    const never = { touchedAt: -Infinity, touchedView: 0 }
    const trail: EngineTrail = { handedOut: undefined, ...never, before: never }
    this.trails.set(actor, trail)
    return trail
  }
}

/** What was seen of one database. */
class Stored {
  readonly views: View[] = []
  readonly rows: CommittedRows
  readonly log: LogCheck = new LogCheck()
  readonly jobs: JobCheck = new JobCheck()
  readonly generations: GenerationCheck = new GenerationCheck()

  constructor(session: string) {
    this.rows = new CommittedRows(session)
  }
}
