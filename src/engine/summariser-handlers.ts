import { BackfoldError } from '../core/backfold-error.ts'
import { mergeLines } from '../core/compaction/digest-lines.ts'
import type { BlockRange } from '../core/compaction/job.ts'
import type { SummariseRequest } from '../core/ports/summariser.ts'
import type { Requests } from '../protocol/requests.ts'
import type { SummariserDesk } from '../protocol/summariser-desk.ts'
import type { EngineParts, OpenSession } from './open-session.ts'
import { readSlices } from './read-slices.ts'

type SummariserMethod =
  | 'summarisers'
  | 'chooseSummarisers'
  | 'resetSummarisers'
  | 'testSummariser'
  | 'trySummariser'
  | 'commandSummariser'
  | 'sentToModels'
  | 'beginTurn'
  | 'endTurn'
  | 'tellDevice'

/** The requests about summarisers, and about turns that share a provider with them. */
export type SummariserHandlers = {
  readonly [M in SummariserMethod]: (
    params: Requests[M]['params'],
  ) => Promise<Requests[M]['result']>
}

/** Messages that a summariser is tried on unless the caller says which, and at most. */
const USUAL_MESSAGES = 20
const MAX_MESSAGES = 200
/** Most tokens that a trial's lines may have. */
const TRIAL_TOKENS = 1_000

/** @see SPEC.md rules SVC5–SVC8 */
export function createSummariserHandlers(
  { ports, extractors }: Pick<EngineParts, 'ports' | 'extractors'>,
  opened: (session: string) => Promise<OpenSession>,
  closing: AbortSignal,
): SummariserHandlers {
  const desk = (): SummariserDesk => {
    if (ports.summariser) return ports.summariser
    throw new BackfoldError('INVALID_INPUT', 'this engine takes no summarisers')
  }
  return {
    summarisers: async () => ports.summariser?.status() ?? { steps: [], events: [], waits: [] },
    async chooseSummarisers({ choices }) {
      await desk().choose(choices)
      extractors.reset()
    },
    async resetSummarisers() {
      await desk().reset()
      extractors.reset()
    },
    testSummariser: ({ step }) => desk().test(step),
    commandSummariser: ({ step, command }) => desk().command(step, command),
    sentToModels: () => desk().sent(),
    beginTurn: async ({ provider, turn }) => ports.summariser?.beginTurn(provider, turn),
    endTurn: async ({ turn }) => ports.summariser?.endTurn(turn),
    tellDevice: async ({ state }) => ports.summariser?.tellDevice(state),
    async trySummariser({ session, step, from, to }) {
      const { cell } = await opened(session)
      const newest = cell.row().nextSeq - 1
      const range = rangeOf(from, to, newest)
      return desk().try(step, await readForTrial({ ports }, session, range), closing)
    },
  }
}

function rangeOf(from: number | undefined, to: number | undefined, newest: number): BlockRange {
  const last = to ?? newest
  const first = from ?? Math.max(1, last - USUAL_MESSAGES + 1)
  const isLegal =
    Number.isInteger(first) &&
    Number.isInteger(last) &&
    first >= 1 &&
    first <= last &&
    last <= newest
  if (!isLegal || last - first >= MAX_MESSAGES) {
    throw new BackfoldError(
      'INVALID_INPUT',
      `a trial takes 1 to ${MAX_MESSAGES} messages up to ${newest}, got ${first} to ${last}`,
    )
  }
  return { from: first, to: last }
}

/** A stretch of the log with what code makes of it, as a job would give it to a summariser. */
async function readForTrial(
  { ports }: Pick<EngineParts, 'ports'>,
  session: string,
  range: BlockRange,
): Promise<SummariseRequest> {
  const messages = await readSlices(ports.store, session, range)
  const { session: row } = await ports.store.read({ session })
  const { signal } = new AbortController()
  const extracts = await Promise.all(
    ports.digester.extractors.map(({ name }) =>
      ports.digester.extract(
        {
          session,
          job: 0,
          range,
          extractor: name,
          largePayloadTokens: row?.policy.largePayloadTokens ?? 300,
          maxQuoteTokens: 1_000,
          pins: [],
        },
        signal,
      ),
    ),
  )
  return {
    messages,
    previous: [],
    extracted: mergeLines(extracts.flatMap(({ digest }) => digest.lines)),
    inUse: new Set(),
    locked: new Set(),
    maxTokens: TRIAL_TOKENS,
  }
}
