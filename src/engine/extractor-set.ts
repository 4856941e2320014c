import { acceptLines } from '../core/compaction/accept-lines.ts'
import { describeExtractors } from '../core/compaction/describe-extractors.ts'
import {
  afterFailure,
  pausedReason,
  type ExtractorHealth,
} from '../core/compaction/extractor-health.ts'
import {
  inOrder,
  joinExtracts,
  type ExtractorEnd,
  type ExtractorInfo,
  type JoinedBlock,
} from '../core/compaction/extractor.ts'
import type { BlockRange, BlockResult, Job } from '../core/compaction/job.ts'
import {
  addSpend,
  allowsSpend,
  NO_SPEND,
  spendInWindow,
  type Spend,
  type SpendWindow,
} from '../core/compaction/spend.ts'
import type { ExtractorBlock, HostExtractor } from '../core/ports/host-extractor.ts'
import type { Summariser } from '../core/ports/summariser.ts'
import type { Message } from '../core/session/message.ts'
import type { Policy } from '../core/session/policy.ts'
import { withDeadline, type Timed } from './deadline.ts'
import type { EnginePorts } from './engine-ports.ts'
import { failureText } from './failure-text.ts'
import { readSlices } from './read-slices.ts'
import { readForSummary, SUMMARY, withSummary } from './summary-phase.ts'

/** What is to be extracted. */
export interface BlockWork {
  readonly job: Job
  readonly range: BlockRange
  readonly policy: Policy
  /** The session's spend before this job. */
  readonly window: SpendWindow
}

/** How a block ended, and what it cost. */
export type ExtractedBlock =
  | { readonly kind: 'aborted'; readonly spend: Spend }
  | { readonly kind: 'ended'; readonly joined: JoinedBlock; readonly spend: Spend }

/** All extractors of an engine: the digester's and the host's. */
export interface ExtractorSet {
  infos(): readonly ExtractorInfo[]
  /** Most tokens of one block of a job. */
  blockTokens(policy: Policy): number
  /** Runs them on one block, in parallel, each under its own deadline, and the summariser behind them. Never
   * rejects. */
  extract(work: BlockWork, signal: AbortSignal): Promise<ExtractedBlock>
  /** Lets extractors that are paused after failures be asked again. */
  reset(): void
}

type ExtractorPorts = Pick<
  EnginePorts,
  'store' | 'clock' | 'digester' | 'extractors' | 'summariser'
>

/** The work of one extractor; a host's reads messages that cost something to be read. */
interface Runner {
  readonly info: ExtractorInfo
  run(messages: () => Promise<readonly Message[]>, signal: AbortSignal): Promise<BlockResult>
}

/**
 * Longest time that a host's extractor has at the hard threshold, in milliseconds: a turn waits for it.
 */
const HARD_TIMEOUT_MS = 1_000

/**
 * Runs built-in and host's extractors over the blocks of jobs, and remembers which of them fail.
 *
 * @see SPEC.md rules EXT1–EXT10
 */
export function createExtractorSet(ports: ExtractorPorts): ExtractorSet {
  const { digester, clock } = ports
  const hosts = ports.extractors ?? []
  const names = [...digester.extractors.map(({ name }) => name), SUMMARY.name]
  const described = describeExtractors(hosts, names)
  const parallel = inOrder([...digester.extractors, ...described], (info) => info)
  const { summariser } = ports
  const health = new Map<string, ExtractorHealth>()

  const runnersFor = ({ job, range, policy }: BlockWork): readonly Runner[] => [
    ...digester.extractors.map((info): Runner => ({
      info,
      run: (_, signal) =>
        digester.extract(
          {
            session: job.session,
            job: job.n,
            range,
            extractor: info.name,
            largePayloadTokens: policy.largePayloadTokens,
            maxQuoteTokens: Math.ceil(policy.budget.tokens * policy.budget.target),
            pins: job.pins,
          },
          signal,
        ),
    })),
    ...described.flatMap((info, index): readonly Runner[] => {
      const host = hosts[index]
      if (!host) return []
      const most = job.trigger === 'hard' ? HARD_TIMEOUT_MS : Infinity
      return [
        {
          info: { ...info, timeoutMs: Math.min(info.timeoutMs, most) },
          run: (messages, signal) => runHost(host, job, range, messages, signal),
        },
      ]
    }),
  ]

  /** Why an extractor is not asked at all. */
  const skipReason = (info: ExtractorInfo, work: BlockWork, tokens: number, spend: Spend) => {
    if (info.isModelFree)
      return info.isNeeded ? undefined : pausedReason(health.get(info.name), clock.now())
    if (work.job.trigger === 'hard') return 'not asked: at the hard threshold nothing is waited for'
    const now = clock.now()
    const { spend: limit } = work.policy
    const window = spendInWindow(work.window, addSpend(work.job.spend, spend), limit, now)
    if (!allowsSpend(window, tokens, limit, now)) return 'not asked: the spend window is used up'
    return pausedReason(health.get(info.name), now)
  }

  /** What code made of a block, and what a summariser adds to it. */
  const summarise = async (
    by: Summariser,
    work: BlockWork,
    code: Extract<JoinedBlock, { readonly kind: 'joined' }>,
    read: () => Promise<readonly Message[]>,
    before: Spend,
    signal: AbortSignal,
  ): Promise<{ readonly joined: JoinedBlock; readonly spend: Spend }> => {
    const leftOut = (reasons: readonly string[]): typeof code => ({
      ...code,
      leftOut: [...code.leftOut, ...reasons.map((reason) => ({ extractor: SUMMARY.name, reason }))],
    })
    const tokens = work.job.trigger === 'hard' ? 0 : await sumTokens(read)
    const skipped = skipReason(SUMMARY, work, tokens, before)
    if (skipped !== undefined) return { joined: leftOut([skipped]), spend: NO_SPEND }
    const timed = await withDeadline(clock, SUMMARY.timeoutMs, signal, async (inner) =>
      by.summarise(
        await readForSummary(ports, work.job, await read(), code.result, work.policy),
        inner,
      ),
    )
    if (timed.kind === 'aborted') return { joined: code, spend: { calls: 1, tokens } }
    if (timed.kind !== 'done') {
      const reason = failureOf(timed, SUMMARY.timeoutMs)
      health.set(SUMMARY.name, afterFailure(health.get(SUMMARY.name), reason, clock.now()))
      return { joined: leftOut([reason]), spend: { calls: 1, tokens } }
    }
    health.delete(SUMMARY.name)
    const { value } = timed
    const result = withSummary(code.result, work.job, value)
    return { joined: { ...leftOut(value.notes), result }, spend: value.spend }
  }

  return {
    infos: () =>
      summariser?.isPresent() ? inOrder([...parallel, SUMMARY], (info) => info) : parallel,
    blockTokens: (policy) =>
      summariser?.isPresent()
        ? Math.min(policy.blockTokens, summariser.blockTokens())
        : policy.blockTokens,
    reset: () => health.clear(),
    async extract(work, signal) {
      const messages = once(() => readActive(ports, work))
      const needsTokens = parallel.some((info) => !info.isModelFree) && work.job.trigger !== 'hard'
      const tokens = needsTokens ? await sumTokens(messages) : 0
      const group = linkedController(signal)
      let spend = NO_SPEND
      const ends = await Promise.all(
        runnersFor(work).map(async ({ info, run }): Promise<ExtractorEnd> => {
          const skipped = skipReason(info, work, tokens, spend)
          if (skipped !== undefined) return { kind: 'left-out', info, reason: skipped }
          if (!info.isModelFree) spend = addSpend(spend, { calls: 1, tokens })
          const { attemptDeadlineMs } = work.policy
          // What every block needs may have to wait for its thread, and that for its vocabulary.
          const deadlineMs = info.isNeeded
            ? attemptDeadlineMs
            : Math.min(info.timeoutMs, attemptDeadlineMs)
          const timed = await withDeadline(clock, deadlineMs, group.signal, (inner) =>
            run(messages, inner),
          )
          if (timed.kind === 'aborted') return { kind: 'cancelled', info }
          if (timed.kind === 'done') {
            health.delete(info.name)
            return { kind: 'done', info, result: timed.value }
          }
          const reason = failureOf(timed, deadlineMs)
          health.set(info.name, afterFailure(health.get(info.name), reason, clock.now()))
          // Without it the block is unfinished, so nobody need go on.
          if (info.isNeeded) group.abort()
          return { kind: 'left-out', info, reason }
        }),
      )
      group.unlink()
      // What was asked for has its price, also when nobody waits for the answer any more.
      if (signal.aborted) return { kind: 'aborted', spend }
      const code = joinExtracts(ends)
      if (code.kind !== 'joined' || !summariser?.isPresent()) {
        return { kind: 'ended', joined: code, spend }
      }
      const summed = await summarise(summariser, work, code, messages, spend, signal)
      const total = addSpend(spend, summed.spend)
      if (signal.aborted) return { kind: 'aborted', spend: total }
      return { kind: 'ended', joined: summed.joined, spend: total }
    },
  }
}

async function runHost(
  host: HostExtractor,
  job: Job,
  range: BlockRange,
  read: () => Promise<readonly Message[]>,
  signal: AbortSignal,
): Promise<BlockResult> {
  const messages = await read()
  if (signal.aborted) throw new Error('cancelled')
  // A copy: what the host does to it must change neither the log nor what its lines are compared with.
  const block: ExtractorBlock = structuredClone({
    session: job.session,
    job: job.n,
    range,
    messages,
    ...(job.instructions === undefined ? {} : { instructions: job.instructions }),
  })
  const accepted = acceptLines(await host.extract(block, signal), messages)
  if (accepted.kind === 'refused') throw new Error(accepted.reason)
  return {
    digest: {
      lines: accepted.lines,
      stubs: [],
      messages: messages.length,
      chain: messages.at(-1)?.chain ?? '',
      unsupported: accepted.dropped,
    },
    artifacts: [],
  }
}

function failureOf(
  timed: Extract<Timed<unknown>, { readonly kind: 'failed' | 'timed-out' }>,
  deadlineMs: number,
): string {
  if (timed.kind === 'timed-out') return `no answer within ${deadlineMs / 1_000} s`
  return failureText(timed.failure)
}

async function readActive(
  { store }: ExtractorPorts,
  { job, range }: BlockWork,
): Promise<readonly Message[]> {
  return readSlices(store, job.session, range)
}

async function sumTokens(messages: () => Promise<readonly Message[]>): Promise<number> {
  const read = await messages().catch(() => [])
  return read.reduce((sum, message) => sum + message.tokens, 0)
}

function once<T>(work: () => Promise<T>): () => Promise<T> {
  let started: Promise<T> | undefined
  return () => (started ??= work())
}

/** A controller that is aborted with another signal, until it is unlinked. */
function linkedController(outer: AbortSignal): {
  readonly signal: AbortSignal
  abort(): void
  unlink(): void
} {
  const inner = new AbortController()
  const onAbort = (): void => inner.abort(outer.reason)
  if (outer.aborted) onAbort()
  outer.addEventListener('abort', onAbort, { once: true })
  return {
    signal: inner.signal,
    abort: () => inner.abort(new Error('cancelled')),
    unlink: () => outer.removeEventListener('abort', onAbort),
  }
}
