import type { ExtractorInfo } from '../core/compaction/extractor.ts'
import type { BlockRange, BlockResult, Job } from '../core/compaction/job.ts'
import { findIdentifiers } from '../core/memory/identifiers.ts'
import { hasLegalSources } from '../core/compaction/check.ts'
import { mergeLines } from '../core/compaction/digest-lines.ts'
import type { SummarisedBlock, SummariseRequest } from '../core/ports/summariser.ts'
import { textOf, type Message } from '../core/session/message.ts'
import type { Policy } from '../core/session/policy.ts'
import type { EnginePorts } from './engine-ports.ts'
import { readSlices } from './read-slices.ts'

/** How the summariser stands among the extractors: its lines come behind those of code. */
export const SUMMARY: ExtractorInfo = {
  name: 'summary',
  priority: 400,
  // A weak model on a slow device answers a block in minutes.
  timeoutMs: 600_000,
  isNeeded: false,
  isModelFree: false,
}

/** Newest messages above the mark of which the identifiers are in use. */
const IN_USE_MESSAGES = 40
const IN_USE_LENGTH = 4_000
const MAX_IDENTIFIERS = 200

/** Share of a digest that notes of all blocks may fill: code's own quotes are worth more. */
const MOST_OF_DIGEST = 0.2
const LEAST_TOKENS = 150

/** Reads what a summariser has to know of a block. */
export async function readForSummary(
  { store }: Pick<EnginePorts, 'store'>,
  job: Job,
  messages: readonly Message[],
  code: BlockResult,
  { budget: { tokens, target }, summarisers }: Policy,
): Promise<SummariseRequest> {
  const { session, n, mark } = job
  const digest = tokens * target
  const read = await store.read({ session, head: true, blocks: n, facts: 'all' })
  const newest = (read.session?.nextSeq ?? 1) - 1
  const above: BlockRange = { from: Math.max(mark + 1, newest - IN_USE_MESSAGES), to: newest }
  const tail = await readSlices(store, session, above)
  const pins = new Set(job.pins)
  return {
    messages: messages.filter(({ seq }) => !pins.has(seq)),
    previous: [...(read.head?.digest ?? []), ...read.blocks.flatMap(({ lines }) => lines)],
    extracted: code.digest.lines,
    inUse: new Set(
      tail.flatMap((message) =>
        findIdentifiers(textOf(message).slice(0, IN_USE_LENGTH), MAX_IDENTIFIERS),
      ),
    ),
    locked: new Set(read.facts.map(({ id }) => id)),
    maxTokens: Math.max(LEAST_TOKENS, Math.floor((digest * MOST_OF_DIGEST) / job.blocks.length)),
    ...(typeof summarisers === 'object' ? { only: summarisers } : {}),
    ...(job.instructions === undefined ? {} : { instructions: job.instructions }),
  }
}

/** A block with what a summariser wrote about it. */
export function withSummary(code: BlockResult, job: Job, summary: SummarisedBlock): BlockResult {
  const lines = summary.lines.filter((line) => hasLegalSources(line, job.mark))
  const dropped = summary.dropped + summary.lines.length - lines.length
  return {
    ...code,
    digest: {
      ...code.digest,
      lines: mergeLines([...code.digest.lines, ...lines]),
      unsupported: code.digest.unsupported + dropped,
      ...(summary.operations.length > 0 ? { operations: summary.operations } : {}),
      ...(summary.by === null ? {} : { summarisedBy: summary.by }),
    },
  }
}
