import type { SessionDetails } from '../../session/session-details.ts'
import type { RecallHit } from '../../session/recall-hit.ts'
import { queryWords } from '../query-words.ts'

/** A session that was looked at, with what was found in it. */
export interface SearchedSession<Session> {
  readonly session: Session
  readonly details: SessionDetails
  /** Time of its newest message. */
  readonly updatedAt: number
  readonly hits: readonly RecallHit[]
}

/** Most hits that are shown of one session. */
export const HITS_PER_SESSION = 5

/** What of a search has been found so far. */
export interface SessionRanking<Session> {
  add(searched: SearchedSession<Session>): void
  /** Whether as many sessions have all words as are wanted: older ones can't come before them. */
  isFull(): boolean
  /** The best first: those with more of the words, and of several with as many the newest. */
  best(): readonly { readonly session: Session; readonly hits: readonly RecallHit[] }[]
}

/**
 * Ranks sessions by how many of the words their titles, tags and hits have together. A text that was found in one
 * session is not shown again in another; a session of which nothing else was found is left out.
 *
 * @see SPEC.md rules FIND1–FIND4
 */
export function rankSessions<Session>(words: string, limit: number): SessionRanking<Session> {
  const wanted = queryWords(words).map((word) => word.toLowerCase())
  const said = new Set<string>()
  const found: {
    readonly session: Session
    readonly hits: readonly RecallHit[]
    readonly has: number
    readonly updatedAt: number
  }[] = []
  let whole = 0
  return {
    add({ session, details, updatedAt, hits }) {
      const named = [details.title, ...details.tags].join('\n').toLowerCase()
      const isNamed = wanted.some((word) => named.includes(word))
      const fresh = hits.filter(({ text }) => !said.has(text)).slice(0, HITS_PER_SESSION)
      for (const { text } of fresh) said.add(text)
      if (!isNamed && fresh.length === 0) return
      const texts = [named, ...fresh.map(({ text }) => text.toLowerCase())]
      const has = wanted.filter((word) => texts.some((text) => text.includes(word))).length
      if (has === wanted.length) whole += 1
      found.push({ session, hits: fresh, has, updatedAt })
    },
    isFull: () => whole >= limit,
    best: () =>
      found
        .toSorted((a, b) => b.has - a.has || b.updatedAt - a.updatedAt)
        .slice(0, limit)
        .map(({ session, hits }) => ({ session, hits })),
  }
}
