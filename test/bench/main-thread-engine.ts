import { createBackfold } from '../../src/client/create-backfold.ts'
import { noPage } from '../../src/client/summarisers.ts'
import type { Backfold } from '../../src/client/session.ts'
import { openBenchEngine, type BenchEngine } from './bench-engine.ts'

/** The controls: work on the page's thread. A measurement that does not see it can't see anything. */

const engines = new Map<string, BenchEngine>()

/** The same engine on the same kind of store, all of it on this thread. */
export async function openOnMainThread(database: string): Promise<Backfold> {
  const opened = await openBenchEngine(database, (signal) => created.tell(signal))
  const created = createBackfold(
    opened.engine.handle,
    () => crypto.randomUUID(),
    opened.engine.close,
    noPage(),
  )
  engines.set(database, opened)
  return created.backfold
}

/** The digesting of a whole log in one piece, as code does that knows of no blocks and no workers. */
export async function digestAtOnce(database: string, session: string): Promise<void> {
  const opened = engines.get(database)
  if (!opened) throw new Error(`${database} is not open`)
  const read = await opened.store.read({ session })
  const range = { from: 1, to: (read.session?.nextSeq ?? 1) - 1 }
  const request = {
    session,
    job: 0,
    range,
    largePayloadTokens: 300,
    maxQuoteTokens: 12_800,
    pins: [],
  }
  const { digester } = opened
  const { signal } = new AbortController()
  for (const { name } of digester.extractors) {
    await digester.extract({ ...request, extractor: name }, signal)
  }
}
