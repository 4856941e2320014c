import { BackfoldError } from '../core/backfold-error.ts'
import type { HostExtractor } from './host-extractor.ts'
import type { SyncOptions } from '../protocol/sync.ts'
import type { SummariserChoice } from '../protocol/summariser-options.ts'
import type { TokeniserName } from '../protocol/tokeniser-name.ts'
import { connect, issueId } from './connection.ts'
import { createBackfold } from './create-backfold.ts'
import type { Backfold } from './session.ts'
import type { PageModels } from './summarisers.ts'
import { spawnWorker, type TrustedUrl } from './spawn-worker.ts'

export interface OpenOptions {
  /** Name of the IndexedDB database, and of the locks and channels around it. `backfold` by default. */
  readonly name?: string
  /**
   * Longest wait for an answer of the worker, in milliseconds, from 100; 30,000 by default. It keeps
   * a call from hanging for ever when the machine sleeps or the disk stalls.
   */
  readonly deadlineMs?: number
  /**
   * Opens stored sessions that are encrypted; where nothing is stored yet, everything will be. It is forgotten as soon
   * as they are open: {@link Backfold.close} locks them.
   */
  readonly passphrase?: string
  /**
   * How jobs count tokens; `estimate` by default. Appends are always estimated, and every estimate is
   * calibrated by what {@link Session.reportUsage} tells.
   */
  readonly tokeniser?: TokeniserName
  /**
   * Where `store-worker.js` is, with all other files of `dist` beside it, on the origin of the page. Needed where a
   * bundler does not take the workers along, or the library comes from another origin; by default it is beside it.
   */
  readonly workerUrl?: string | URL | TrustedUrl
  /** Starts the store worker, where that takes more than its address. Must make a module worker. */
  readonly spawnWorker?: () => Worker
  /**
   * What adds lines of the host's own to digests: a model, a parser. Runs on the page beside the
   * built-in extractors; one that throws, hangs or answers nonsense is left out, and the fold goes on.
   */
  readonly extractors?: readonly HostExtractor[]
  /**
   * Who writes prose for digests, the best first: a local model, a remote API, the browser's own, an object of
   * the host's. Where one fails the next is asked; the built-in summariser, which needs no model, stands behind
   * all of them and is the only one by default. See {@link Summarisers.choose}.
   */
  readonly summarisers?: SummariserChoice | readonly SummariserChoice[]
  /**
   * The server over which all devices of a person share their sessions; none by default, and then nothing leaves the
   * device. Backfold opens and works whether or not that server can be reached. See {@link Backfold.sync}.
   *
   * In a page its addresses begin with `wss://`; with `ws://` only on this machine, or where the page itself came over
   * http. Credentials and passphrase are kept in memory alone.
   */
  readonly sync?: SyncOptions
}

/**
 * Opens Backfold in a page: starts its worker, opens its database, resolves when both answer. No key,
 * no download, no model.
 *
 * @throws BackfoldError `STORAGE_*` when the database can't be opened, `WORKER_LOST` when the worker
 * can't be started, `INVALID_INPUT` for options out of bounds.
 */
export async function openBackfold(options: OpenOptions = {}): Promise<Backfold> {
  const {
    name = 'backfold',
    deadlineMs = 30_000,
    tokeniser = 'estimate',
    extractors = [],
  } = options
  if (!(deadlineMs >= 100)) {
    throw new BackfoldError('INVALID_INPUT', `deadlineMs must be at least 100, got ${deadlineMs}`)
  }
  // A page without extractors or summarisers of its own need not load what runs them.
  const described = options.extractors
    ? (await import('./expose-extractors.ts')).describeForWorker(extractors)
    : []
  const page: PageModels = { models: [] }
  if (options.sync) {
    const { readSyncOptions } = await import('./read-sync-options.ts')
    page.sync = readSyncOptions(options.sync, location.protocol)
  }
  const connection = connect(
    {
      database: name,
      tokeniser,
      passphrase: options.passphrase,
      deadlineMs,
      spawn: options.spawnWorker ?? (() => spawnWorker(options.workerUrl)),
      extractors,
      described,
      page,
    },
    (signal) => created.tell(signal),
    (reason) => created.restarted(reason),
  )
  const created = createBackfold(connection.call, issueId, connection.close, page)
  try {
    await connection.call('sessions', {})
    if (options.summarisers) {
      await (await created.backfold.summarisers()).choose(options.summarisers)
    }
  } catch (failure) {
    await connection.close()
    throw failure
  }
  return created.backfold
}
