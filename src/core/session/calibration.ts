import type { Seq } from './message.ts'

/**
 * What a session has learned about its models' real token counts from the usage they reported.
 * Plain data: it is stored in the session row and crosses threads.
 */
export interface Calibration {
  /** At most {@link MAX_MODELS}, the one that reported last first. */
  readonly models: readonly ModelCalibration[]
}

/** A line through the reports of one model: real tokens = base + factor × estimated tokens. */
export interface ModelCalibration {
  /** Name as reported; empty where the host gave none. */
  readonly model: string
  /** Real tokens per estimated token, 0.5 to 2.5. */
  readonly factor: number
  /** Tokens that a request holds beside the context (tool definitions, a system prompt of the host). */
  readonly base: number
  /** How unsure base and factor are: their variances and covariance. */
  readonly spread: Spread
  /**
   * The newest reports that were believed, oldest first, all of one context key and at most
   * {@link MAX_REPORTS}. Never empty.
   */
  readonly reports: readonly Report[]
  /** A report too far off to be believed by itself. A second one like it, next, is believed. */
  readonly suspect: Report | null
}

/** Variances of base and factor, and their covariance. */
export interface Spread {
  readonly base: number
  readonly factor: number
  readonly both: number
}

/** One request's tokens, as estimated by us and as counted by its model. */
export interface Report {
  readonly estimated: number
  readonly reported: number
  readonly contextKey: string
  /** Newest message that the request held; 0 if it isn't known. */
  readonly through: Seq
}

export interface Observation {
  /** Stamped tokens of exactly the context that the request held, not of what was appended since. */
  readonly estimated: number
  /** All input tokens of the request, those read from a cache included. */
  readonly reported: number
  /**
   * Changes whenever the context changes anywhere but at its end: on apply, rollback and branch.
   * The session's head version does.
   */
  readonly contextKey: string
  /** Newest message that the request held. Without it, reports say nothing beyond the next apply. */
  readonly through?: Seq
  /** Factors are learned by model: a host may change models at any time. */
  readonly model?: string
}

/** Which context is to be counted, and for which model. */
export interface ContextShape {
  readonly contextKey: string
  /**
   * Oldest message from which on the context is the log itself: nothing after it is a digest or a
   * stub. Nothing that was reported for an earlier context is used again for what is below it, nor
   * for anything if it is missing.
   */
  readonly verbatimFrom?: Seq
  /** The model that will read it; the one that reported last if missing. */
  readonly model?: string
}

export const INITIAL_CALIBRATION: Calibration = { models: [] }

/** Bound on the reports remembered for a model. */
export const MAX_REPORTS = 32

/** Bound on the models remembered: the ones that reported longest ago are forgotten. */
export const MAX_MODELS = 8

/**
 * Learns from one report of usage.
 *
 * Pure and total: a report that can't be true (not a positive number, or far below what the context
 * can be, as when only uncached tokens were counted) changes nothing, and one that is merely far off
 * has to be confirmed by the next.
 *
 * @see SPEC.md rules CAL1–CAL9
 */
export function learn(calibration: Calibration, observation: Observation): Calibration {
  const model = observation.model ?? ''
  const report: Report = {
    estimated: tokensOf(observation.estimated),
    reported: tokensOf(observation.reported),
    contextKey: observation.contextKey,
    through: observation.through ?? 0,
  }
  if (!isPossible(report)) return calibration
  const known = calibration.models.find((m) => m.model === model)
  const next =
    known === undefined ? begin(model, report, calibration.models[0]) : advance(known, report)
  const others = calibration.models.filter((m) => m.model !== model)
  return { models: [next, ...others].slice(0, MAX_MODELS) }
}

/**
 * Real tokens of a context, from its estimated ones.
 *
 * While a context only grew at its end since the newest report, that report stands and only what was
 * added is estimated. After an apply, rollback or branch, what the reports of the context before tell
 * about messages that are still there, between one report and another, stands too; only the rest is
 * estimated.
 *
 * Pure and total; without any report it returns the estimate. Never negative.
 */
export function calibrate(calibration: Calibration, estimate: number, shape: ContextShape): number {
  const estimated = tokensOf(estimate)
  const named = calibration.models.find((m) => m.model === shape.model)
  const known = named ?? calibration.models[0]
  if (known === undefined) return Math.round(estimated)
  const { base, factor, reports } = known
  const last = reports.at(-1)
  // A model that never reported is assumed to count like the last one did, but not to the token.
  const comparable = named !== undefined || shape.model === undefined
  const verbatimFrom = shape.verbatimFrom ?? Infinity
  let tokens = base + factor * estimated
  if (comparable && last !== undefined) {
    if (last.contextKey === shape.contextKey) {
      tokens = last.reported + factor * (estimated - last.estimated)
    } else {
      const first = reports.find((report) => report.through + 1 >= verbatimFrom) ?? last
      const counted = last.reported - first.reported
      tokens += counted - factor * (last.estimated - first.estimated)
    }
  }
  return Math.max(0, Math.round(tokens))
}

/**
 * How far an estimate may be off, as variances: a share of the context that never averages out, the
 * error of each thousand tokens (a tenth) that does, and a few tokens in any case.
 */
const NOISE_SHARE = 0.015 ** 2
const NOISE_PER_TOKEN = 10
const NOISE_TOKENS = 8 ** 2

/** What is assumed before the first report: few tokens beside the context, a factor near one. */
const PRIOR: Pick<ModelCalibration, 'factor' | 'base' | 'spread'> = {
  factor: 1,
  base: 0,
  spread: { base: 2000 ** 2, factor: 0.12 ** 2, both: 0 },
}

/** Variance of a base that another model's reports have shown. */
const CARRIED_BASE = 500 ** 2

/** How far base and factor may wander from report to report, as variances: the text's mix changes. */
const DRIFT_BASE = 4 ** 2
const DRIFT_FACTOR = 0.004 ** 2

const MIN_FACTOR = 0.5
const MAX_FACTOR = 2.5
const MAX_BASE = 200_000

/** A report further off than this, in either direction, has to be confirmed. */
const SUSPICIOUS = 3
const SUSPICIOUS_TOKENS = 2000

/** A model's first report. What is sent beside the context is a matter of the host, so it carries over. */
function begin(model: string, report: Report, other?: ModelCalibration): ModelCalibration {
  const prior =
    other === undefined
      ? PRIOR
      : { ...PRIOR, base: other.base, spread: { ...PRIOR.spread, base: CARRIED_BASE } }
  return { model, ...fit(prior, report), reports: [report], suspect: null }
}

function advance(known: ModelCalibration, report: Report): ModelCalibration {
  const expected = known.base + known.factor * report.estimated
  if (isNear(report.reported, expected)) {
    const reports = remember(known.reports, report)
    return { model: known.model, ...fit(known, report), reports, suspect: null }
  }
  const { suspect } = known
  if (suspect !== null && isNear(report.reported, suspect.reported)) {
    // Confirmed: what was learned before no longer holds.
    return begin(known.model, report)
  }
  return { ...known, suspect: report }
}

/**
 * The reports with one more. Reports of an earlier context say nothing once there is one of this, and
 * one that added little takes the place of the one before it, so that few reach far back.
 */
function remember(reports: readonly Report[], report: Report): readonly Report[] {
  const same = reports.filter((r) => r.contextKey === report.contextKey)
  const previous = same.at(-2)
  const added = previous === undefined ? Infinity : report.estimated - previous.estimated
  const kept = added < report.estimated * MIN_SPACING ? same.slice(0, -1) : same
  return [...kept, report].slice(-MAX_REPORTS)
}

/** Share of the context that must lie between two remembered reports. */
const MIN_SPACING = 0.02

/**
 * One step of a Kalman filter over base and factor. It weighs each report by what it can tell: those
 * of small contexts fix the base, those of large ones the factor, and neither has to come first.
 */
function fit(
  from: Pick<ModelCalibration, 'factor' | 'base' | 'spread'>,
  { estimated, reported }: Report,
): Pick<ModelCalibration, 'factor' | 'base' | 'spread'> {
  const base = from.spread.base + DRIFT_BASE
  const factor = from.spread.factor + DRIFT_FACTOR
  const { both } = from.spread
  const noise = NOISE_SHARE * estimated ** 2 + NOISE_PER_TOKEN * estimated + NOISE_TOKENS
  const baseShare = base + both * estimated
  const factorShare = both + factor * estimated
  const total = baseShare + factorShare * estimated + noise
  const surprise = reported - from.base - from.factor * estimated
  const spread: Spread = {
    base: base - (baseShare * baseShare) / total,
    factor: factor - (factorShare * factorShare) / total,
    both: both - (baseShare * factorShare) / total,
  }
  const fittedBase = from.base + (baseShare / total) * surprise
  const fittedFactor = from.factor + (factorShare / total) * surprise
  // No request is smaller than its context: a base that is held at its bound moves the factor along.
  const bounded = clamp(fittedBase, 0, MAX_BASE)
  const moved = spread.base > 0 ? (spread.both / spread.base) * (bounded - fittedBase) : 0
  return { base: bounded, factor: clamp(fittedFactor + moved, MIN_FACTOR, MAX_FACTOR), spread }
}

/** Whether any factor and base that are allowed could explain the report. */
function isPossible({ estimated, reported }: Report): boolean {
  return (
    reported > 0 &&
    reported >= MIN_FACTOR * 0.8 * estimated &&
    reported <= MAX_FACTOR * 1.25 * estimated + MAX_BASE
  )
}

function isNear(reported: number, expected: number): boolean {
  return (
    reported <= SUSPICIOUS * expected + SUSPICIOUS_TOKENS &&
    expected <= SUSPICIOUS * reported + SUSPICIOUS_TOKENS
  )
}

/** A count from outside as a count: anything but a positive finite number is none. */
function tokensOf(value: number): number {
  return Number.isFinite(value) && value > 0 ? Math.min(value, Number.MAX_SAFE_INTEGER) : 0
}

function clamp(value: number, low: number, high: number): number {
  return Math.min(high, Math.max(low, value))
}
