import { matchWords, queryWords } from '../core/memory/match-words.ts'
import type { Searcher } from '../core/ports/searcher.ts'
import type { SessionStore } from '../core/ports/session-store.ts'
import type { RecallHit } from '../core/session/recall-hit.ts'

/** Messages read in one transaction, so that a search never holds up an append for long. */
const SLICE = 500

/** Searches the log slice by slice, newest first; the best hits win, the newer of equals. */
export function createSearcher(store: Pick<SessionStore, 'read'>): Searcher {
  return {
    async search({ session, query, limit }, signal) {
      const words = queryWords(query)
      const { session: row } = await store.read({ session })
      if (!row || words.length === 0) return []
      let hits: RecallHit[] = []
      for (let to = row.nextSeq - 1; to > 0 && !signal.aborted; to -= SLICE) {
        const { range } = await store.read({
          session,
          range: { from: Math.max(1, to - SLICE + 1), to },
        })
        for (const message of range) {
          const hit = matchWords(message, words)
          if (hit) hits.push(hit)
        }
        hits = hits.toSorted((a, b) => b.score - a.score || b.seq - a.seq).slice(0, limit)
      }
      return hits
    },
  }
}
