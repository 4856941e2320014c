import { expose } from 'comlink'
import type { Candidate } from '../core/compaction/candidate.ts'
import type { BlockResult } from '../core/compaction/job.ts'
import type { ComposeRequest, ExtractRequest } from '../core/ports/digester.ts'
import type { Evidence } from '../core/compaction/probation.ts'
import type { Examiner } from '../core/ports/examiner.ts'
import type { Searcher } from '../core/ports/searcher.ts'
import type { RecallHit } from '../core/session/recall-hit.ts'
import { createDigester } from '../engine/digester.ts'
import { createExaminer } from '../engine/examiner.ts'
import { createSearcher } from '../engine/searcher.ts'
import { createEstimatingTokeniser } from '../models/estimating-tokeniser.ts'
import { loadExactTokeniser } from '../models/exact-tokeniser.ts'
import type { TokeniserName } from '../protocol/tokeniser-name.ts'
import { toReply, type Reply } from '../protocol/reply.ts'
import { openDexieStore } from '../store/dexie-store.ts'
import { streamCompressor } from '../store/stream-compressor.ts'
import { holdLifeline } from '../tabs/lifeline.ts'

/** What the store worker may ask of the heavy worker. */
export interface HeavyApi {
  /** Opens the log for reading; resolves when the lifeline is held. */
  start(options: HeavyStart): Promise<Reply<void>>
  extract(request: ExtractRequest): Promise<Reply<BlockResult>>
  compose(request: ComposeRequest): Promise<Reply<Candidate>>
  search(request: Parameters<Searcher['search']>[0]): Promise<Reply<readonly RecallHit[]>>
  examine(request: Parameters<Examiner['examine']>[0]): Promise<Reply<Evidence | undefined>>
}

export interface HeavyStart {
  readonly database: string
  readonly tokeniser: TokeniserName
  readonly lifeline: string
  /** The key of the rows, where they are encrypted: in the memory of workers only. */
  readonly dataKey: Uint8Array | undefined
}

/** Nothing here can be interrupted from inside: who wants it to stop ends the worker. */
const { signal } = new AbortController()

type Started = {
  readonly digester: ReturnType<typeof createDigester>
  readonly searcher: Searcher
  readonly examiner: Examiner
}

let started: Promise<Started> | undefined

const api: HeavyApi = {
  start: (options) =>
    toReply(async () => {
      started ??= open(options)
      await started
      if (navigator.locks) await holdLifeline(navigator.locks, options.lifeline)
    }),
  extract: (request) => toReply(async () => (await ready()).digester.extract(request, signal)),
  compose: (request) => toReply(async () => (await ready()).digester.compose(request, signal)),
  search: (request) => toReply(async () => (await ready()).searcher.search(request, signal)),
  examine: (request) => toReply(async () => (await ready()).examiner.examine(request, signal)),
}

expose(api)

async function open({ database, tokeniser: name, dataKey }: HeavyStart): Promise<Started> {
  const store = await openDexieStore({ name: database, ...(dataKey && { dataKey }) })
  const tokeniser =
    name === 'estimate' ? createEstimatingTokeniser() : await loadExactTokeniser(name)
  const searcher = createSearcher(store, tokeniser)
  return {
    digester: createDigester({ store, tokeniser, compressor: streamCompressor }),
    searcher,
    examiner: createExaminer(store, searcher),
  }
}

function ready(): Promise<Started> {
  return started ?? Promise.reject(new Error('the heavy worker was not started'))
}
