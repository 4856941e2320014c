import { BackfoldError, isBackfoldError } from '../core/backfold-error.ts'
import { HITS_PER_SESSION, rankSessions } from '../core/memory/recall/rank-sessions.ts'
import { detailsOf } from '../core/session/describe-session.ts'
import type { RecallHit } from '../core/session/recall-hit.ts'
import type { SessionRow } from '../core/session/session-row.ts'
import type { FoundSession, SearchOptions } from '../protocol/requests.ts'
import type { EnginePorts } from './engine-ports.ts'
import { summarise } from './summarise-session.ts'

const DEFAULT_LIMIT = 20
const MAX_LIMIT = 100
/** Sessions that are looked through, the newest first. */
const MAX_SEARCHED = 1_000
/** Hits asked for of each: some may have been found in another already. */
const ASKED_PER_SESSION = 2 * HITS_PER_SESSION

/**
 * Searches all sessions, one after the other: the newest first, until enough of them have all words. Only one index
 * is worked on at a time, so that a search takes no more memory than a recall, and jobs get their turn in between.
 *
 * @throws BackfoldError `INVALID_INPUT`
 * @see SPEC.md rules FIND1–FIND5
 */
export async function searchSessions(
  { store, searcher }: Pick<EnginePorts, 'store' | 'searcher'>,
  words: string,
  { limit = DEFAULT_LIMIT, archived = true }: SearchOptions,
  signal: AbortSignal,
): Promise<readonly FoundSession[]> {
  if (typeof words !== 'string') throw new BackfoldError('INVALID_INPUT', 'search() takes words')
  const most = Math.min(Math.max(1, Math.floor(limit) || 1), MAX_LIMIT)
  const ranking = rankSessions<ReturnType<typeof summarise>>(words, most)
  const rows = (await store.listSessions())
    .filter((row) => archived || !detailsOf(row).archived)
    .toSorted((a, b) => updatedAt(b) - updatedAt(a))
    .slice(0, MAX_SEARCHED)
  for (const row of rows) {
    if (signal.aborted || ranking.isFull()) break
    const request = { session: row.id, query: words, limit: ASKED_PER_SESSION }
    const hits = row.messages === 0 ? [] : await searcher.search(request, signal).catch(ofDamaged)
    const details = detailsOf(row)
    ranking.add({ session: summarise(row), details, updatedAt: updatedAt(row), hits })
  }
  return ranking.best()
}

/** What can't be read of one session, or is deleted meanwhile, must not keep all others from being found. */
function ofDamaged(failure: unknown): readonly RecallHit[] {
  if (isBackfoldError(failure) && !OF_ONE.has(failure.code)) throw failure
  return []
}

const OF_ONE: ReadonlySet<string> = new Set(['INTERNAL', 'SESSION_NOT_FOUND'])

function updatedAt(row: SessionRow): number {
  return row.updatedAt ?? row.createdAt
}
