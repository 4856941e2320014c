import { addSpend, NO_SPEND, type Spend } from '../core/compaction/spend.ts'
import { BUILT_IN, reachOf } from '../core/gate/ladder.ts'
import type { AbortSignalLike } from '../core/ports/abort-signal-like.ts'
import type { Clock } from '../core/ports/clock.ts'
import type { LanguageModel, ModelFailure } from '../core/ports/language-model.ts'
import type { Random } from '../core/ports/random.ts'
import type { SummarisedBlock, Summariser, SummariseRequest } from '../core/ports/summariser.ts'
import type { BlockSummary } from '../engine/block-for-model.ts'
import { summariseBlock } from '../engine/summarise-block.ts'
import type {
  ModelCommand,
  ModelTest,
  SentRequest,
  SummarisersStatus,
  SummariserStep,
  SummaryTrial,
} from '../protocol/summariser-status.ts'
import type { SummariserState } from '../protocol/summariser-state.ts'
import type { ModelGate } from './model-gate.ts'
import { joinSignals } from './join-signals.ts'
import { createLadder, type SummariserLadder } from './ladder.ts'

/** A model that a ladder may ask, and what people may ask of it besides. */
export interface LadderModel {
  readonly kind: SummariserStep['kind']
  readonly model: LanguageModel
  /** Whether it is asked if its own lines stand in their sources. */
  readonly judges: boolean
  load?(): SummariserState | null
  watch?(listener: () => void): () => void
  command?(command: ModelCommand): Promise<void>
  /** What left the device, masked, the newest last. */
  sent?(): readonly SentRequest[]
}

export interface ServiceDeps {
  readonly clock: Clock
  readonly random: Random
  readonly count: (text: string) => number
  readonly gate: ModelGate
}

/** The ladder of summarisers with all that people see and steer of it. */
export interface SummariserService extends Summariser {
  /** Replaces the ladder: models of the former one are closed, calls under way end. */
  choose(models: readonly LadderModel[]): Promise<void>
  status(): SummarisersStatus
  /** Calls back when the status has changed; returns the way to stop. */
  watch(listener: () => void): () => void
  /** Lets steps that were left alone be asked again. */
  reset(): void
  test(step: number, signal: AbortSignalLike): Promise<ModelTest>
  /** What one step makes of a block, without the others. */
  try(step: number, request: SummariseRequest, signal: AbortSignalLike): Promise<SummaryTrial>
  command(step: number, command: ModelCommand): Promise<void>
  sent(): readonly SentRequest[]
  close(): Promise<void>
}

/** Blocks of small windows: some pieces each, so that a killed job repeats few calls. */
const SMALL_WINDOW = 8_192
const BLOCK_TOKENS = { small: 8_000, large: 24_000 } as const
/** Longest answer to a test, in tokens. */
const TEST_TOKENS = 32
/** Longest time that a call waits for the device or a slot, and with its answer, in milliseconds. */
const MAX_WAIT_MS = 120_000
const CALL_TIMEOUT_MS = 720_000
/** Longest time that one step has for a block, in milliseconds: then what it wrote by then counts. */
const STEP_BUDGET_MS = 270_000
const MAX_SENT = 200

interface Step {
  readonly own: LadderModel
  /** The model behind the gate. */
  readonly gated: LanguageModel
  spend: Spend
  ms: number
}

/**
 * Summarisers as a host chose them: each call goes through the gate, what fails is stepped down from, and what comes
 * back was judged by code.
 *
 * @see SPEC.md rules SVC1–SVC8
 */
export function createSummariserService(deps: ServiceDeps): SummariserService {
  const { clock, gate } = deps
  const listeners = new Set<() => void>()
  let steps: readonly Step[] = []
  let ladder: SummariserLadder = createLadder([], deps)
  let unwatch: readonly (() => void)[] = []

  const tell = (): void => {
    for (const listener of [...listeners]) listener()
  }
  const stopWatchingGate = gate.watch(tell)
  const stepOf = (model: LanguageModel): Step | undefined =>
    steps.find(({ gated }) => gated === model)

  /** Asks one model about a block, and counts what that costs. */
  const ask = async (
    model: LanguageModel,
    request: SummariseRequest,
    signal: AbortSignalLike,
  ): Promise<Asked> => {
    const startedAt = clock.now()
    const watched = watchFailures(model)
    const judge = stepOf(model)?.own.judges === true ? { judge: watched.model } : {}
    const budget = limitTime(clock, signal, STEP_BUDGET_MS)
    const ports = { ...deps, ...judge }
    const summary = await summariseBlock(watched.model, request, budget.signal, ports, {
      maxTokens: request.maxTokens,
      // Each model has a timeout of its own, which begins when it is asked.
      callTimeoutMs: CALL_TIMEOUT_MS,
      // Servers' models are asked about all at once: it costs a fifth, and they keep it apart.
      ...(model.info.isLocal ? {} : { sections: 'all' }),
    })
    budget.end()
    const spend = spendOf(summary, watched.tokens())
    const step = stepOf(model)
    if (step) {
      step.spend = addSpend(step.spend, spend)
      step.ms += clock.now() - startedAt
      tell()
    }
    return { summary, spend, failure: budget.isOver() ? TOO_SLOW : watched.failure() }
  }

  return {
    isPresent: () => steps.length > 0,
    blockTokens() {
      const windows = steps.map(({ gated }) => gated.info.contextTokens)
      return Math.min(...windows) <= SMALL_WINDOW ? BLOCK_TOKENS.small : BLOCK_TOKENS.large
    },
    async summarise(request, signal): Promise<SummarisedBlock> {
      let spend = NO_SPEND
      const outcome = await ladder.run(
        async (model, inner) => {
          const asked = await ask(model, request, inner)
          spend = addSpend(spend, asked.spend)
          return toOutcome(asked)
        },
        signal,
        request.only,
      )
      const notes = outcome.steps.flatMap(({ name, outcome: came, reason = '' }) =>
        came === 'answered' ? [] : [`${name}: ${reason}`],
      )
      if (outcome.kind !== 'answered') {
        const last = outcome.kind === 'built-in' ? [`${BUILT_IN}: no other summariser is left`] : []
        return {
          by: null,
          lines: [],
          operations: [],
          dropped: 0,
          spend,
          notes: [...notes, ...last],
        }
      }
      const { summary } = outcome.value
      const { name } = outcome.model.info
      if (summary.kind !== 'done') notes.push(`${name}: ${summary.reason}`)
      return {
        by: summary.lines.length + summary.operations.length > 0 ? name : null,
        lines: summary.lines,
        operations: summary.operations,
        dropped: sumDrops(summary),
        spend,
        notes,
      }
    },
    async choose(models) {
      const former = steps
      for (const stop of unwatch) stop()
      steps = models.map((own) => ({
        own,
        gated: gate.wrap(own.model, { maxWaitMs: MAX_WAIT_MS }),
        spend: NO_SPEND,
        ms: 0,
      }))
      for (const { gated } of steps) {
        const own = steps.filter((step) => step.gated.info.provider === gated.info.provider)
        const slots = Math.min(...own.map((step) => step.gated.info.slots))
        // A former ladder may have allowed fewer.
        gate.configure(gated.info.provider, { slots })
      }
      ladder = createLadder(
        steps.map(({ gated }) => gated),
        deps,
      )
      unwatch = [ladder.watch(tell), ...models.flatMap(({ watch }) => watch?.(tell) ?? [])]
      tell()
      await Promise.allSettled(former.map(({ gated }) => gated.close()))
    },
    status() {
      const { steps: states, events } = ladder.state()
      return {
        steps: steps.map(({ own, gated, spend, ms }, index): SummariserStep => {
          const { name, provider, isLocal, contextTokens } = gated.info
          return {
            name,
            provider,
            isLocal,
            contextTokens,
            kind: own.kind,
            state: states[index]?.state ?? { status: 'open' },
            spend,
            ms,
            load: own.load?.() ?? null,
          }
        }),
        events,
        waits: gate
          .calls()
          .flatMap(({ wait, provider }) => (wait ? [`${provider}: ${wait.reason}`] : [])),
      }
    },
    watch(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    reset() {
      ladder.reset()
      gate.reset()
    },
    async test(index, signal) {
      const step = steps[index]
      const startedAt = clock.now()
      if (!step) return { kind: 'failed', code: 'not-found', reason: NO_STEP, ms: 0 }
      const reply = await step.gated.generate(TEST_QUESTION, signal)
      const ms = clock.now() - startedAt
      if (reply.kind === 'failed')
        return { kind: 'failed', code: reply.code, reason: reply.reason, ms }
      const { input = 0, output = 0 } = reply.usage ?? {}
      const spend = { calls: 1, tokens: input + output }
      return { kind: 'answered', text: reply.text.slice(0, 500), ms, spend }
    },
    async try(index, request, signal) {
      const step = steps[index]
      const startedAt = clock.now()
      if (!step) {
        return { name: '', lines: [], dropped: 0, notes: [NO_STEP], spend: NO_SPEND, ms: 0 }
      }
      const { summary, spend, failure } = await ask(step.gated, request, signal)
      const notes = summary.kind === 'done' ? [] : [failure?.reason ?? summary.reason]
      return {
        name: step.gated.info.name,
        lines: summary.lines,
        dropped: sumDrops(summary),
        notes,
        spend,
        ms: clock.now() - startedAt,
      }
    },
    async command(index, command) {
      const step = steps[index]
      await step?.own.command?.(command)
      // What a person has done something about may be asked again.
      if (step && (command === 'load' || command === 'resume')) ladder.reset(step.gated.info.name)
    },
    sent: () =>
      steps
        .flatMap(({ own }) => own.sent?.() ?? [])
        .toSorted((a, b) => a.at - b.at)
        .slice(-MAX_SENT),
    async close() {
      stopWatchingGate()
      for (const stop of unwatch) stop()
      listeners.clear()
      const former = steps
      steps = []
      await Promise.allSettled(former.map(({ gated }) => gated.close()))
    },
  }
}

const NO_STEP = 'there is no such step'

const TEST_QUESTION = {
  system: 'You are being tested. Answer with the one word: ready',
  prompt: 'Are you ready?',
  maxTokens: TEST_TOKENS,
} as const

interface Asked {
  readonly summary: BlockSummary
  readonly spend: Spend
  /** Of the last call, if it failed. */
  readonly failure: Failure | undefined
}

interface Failure {
  readonly code: ModelFailure
  readonly reason: string
  readonly retryAfterMs?: number
}

type Outcome =
  | { readonly kind: 'answered'; readonly summary: BlockSummary }
  | ({ readonly kind: 'failed' } & Failure)

/** A summary counts if anything came of it; a model that only failed or babbled is stepped down from. */
function toOutcome({ summary, failure }: Asked): Outcome {
  const gave = summary.lines.length + summary.operations.length > 0
  if (gave || summary.kind === 'done') return { kind: 'answered', summary }
  if (!failure) return { kind: 'failed', code: 'refused', reason: summary.reason }
  // The block was asked about as often as that is worth: not all of it again of the same model.
  const isWorthless = reachOf(failure.code) === 'again'
  return { kind: 'failed', ...failure, ...(isWorthless ? { code: 'refused' as const } : {}) }
}

const TOO_SLOW: Failure = {
  code: 'timed-out',
  reason: `it wrote nothing about the block in ${STEP_BUDGET_MS / 60_000} minutes`,
}

/** A signal that is aborted with another one, or after a time. */
function limitTime(
  clock: Clock,
  outer: AbortSignalLike,
  ms: number,
): { readonly signal: AbortSignal; isOver(): boolean; end(): void } {
  const limited = joinSignals(outer)
  const timer = new AbortController()
  let isOver = false
  clock.delay(ms, timer.signal).then(
    () => {
      isOver = true
      limited.abort()
    },
    () => {},
  )
  return {
    signal: limited.signal,
    isOver: () => isOver,
    end() {
      timer.abort()
      limited.release()
    },
  }
}

/** The same model, with its last failure and the tokens of its calls remembered. */
function watchFailures(model: LanguageModel): {
  readonly model: LanguageModel
  failure(): Failure | undefined
  tokens(): number
} {
  let failure: Failure | undefined
  let tokens = 0
  return {
    failure: () => failure,
    tokens: () => tokens,
    model: {
      get info() {
        return model.info
      },
      close: () => model.close(),
      async generate(request, signal, onText) {
        const reply = await model.generate(request, signal, onText)
        failure = reply.kind === 'failed' ? reply : undefined
        const told = reply.kind === 'answered' ? reply.usage : undefined
        tokens += told ? told.input + told.output : weigh(request)
        return reply
      },
    },
  }
}

const CHARACTERS_PER_TOKEN = 4

/** What a call costs about, where nobody says. */
function weigh({ system, prompt }: { readonly system: string; readonly prompt: string }): number {
  return Math.ceil((system.length + prompt.length) / CHARACTERS_PER_TOKEN)
}

function spendOf(summary: BlockSummary, tokens: number): Spend {
  return { calls: summary.calls, tokens }
}

function sumDrops({ dropped }: BlockSummary): number {
  return Object.values(dropped).reduce((sum, count) => sum + (count ?? 0), 0)
}
