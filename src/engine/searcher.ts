import { isTalk } from '../core/memory/is-talk.ts'
import { FEEDBACK_PASSAGES, feedbackTerms } from '../core/memory/recall/feedback-terms.ts'
import { heldByContext } from '../core/memory/recall/held-by-context.ts'
import { hasPhrases } from '../core/memory/recall/match-phrases.ts'
import { packHits, stepsBeside, type FoundPassage } from '../core/memory/recall/pack-hits.ts'
import { parseQuery, type RecallQueryTerms } from '../core/memory/recall/parse-query.ts'
import {
  bestAlone,
  rankPassages,
  type RankedPassage,
  type Register,
} from '../core/memory/recall/rank-passages.ts'
import { recallText } from '../core/memory/recall/recall-text.ts'
import { showHit } from '../core/memory/recall/show-hit.ts'
import type { AbortSignalLike } from '../core/ports/abort-signal-like.ts'
import type { Searcher, SearchRequest } from '../core/ports/searcher.ts'
import type { SessionStore } from '../core/ports/session-store.ts'
import type { Tokeniser } from '../core/ports/tokeniser.ts'
import type { Message, Seq } from '../core/session/message.ts'
import { birthOf, type SessionRow } from '../core/session/session-row.ts'
import type { RecallHit } from '../core/session/recall-hit.ts'
import { createSessionIndex, type IndexStore, type SessionIndex } from './session-index.ts'

/** Passages that an answer is chosen from. */
const MAX_RANKED = 300
/** Passages of which the messages beside are read. */
const MAX_WITH_BESIDE = 64
/** Newest messages that tell whether people talk. */
const SAMPLED = 50
/** Without a budget of tokens fewer will do: some for each message asked for. */
const RANKED_PER_HIT = 8
/** Indexes of sessions are kept for the next search as long as all of them are smaller, in bytes. */
const MAX_KEPT = 64_000_000

/**
 * Searches a session's log by its index, which it brings up to date before. Indexes stay in memory between
 * searches, those of the sessions searched last.
 *
 * @see SPEC.md rules REC1, REC10–REC12, IDX5, IDX6
 */
export function createSearcher(
  store: Pick<SessionStore, 'read' | 'put'>,
  tokeniser: Tokeniser,
): Searcher {
  const kept = new Map<string, SessionIndex>()

  const indexOf = (row: SessionRow): SessionIndex => {
    const name = `${row.id} ${birthOf(row)}`
    const index = kept.get(name) ?? createSessionIndex(ofSession(store, row), row.id)
    // The one used last is the last to go.
    kept.delete(name)
    kept.set(name, index)
    return index
  }

  const rank = async (
    { session, limit, tokens }: SearchRequest,
    query: RecallQueryTerms,
    signal: AbortSignalLike,
  ): Promise<Ranked> => {
    const { session: row } = await store.read({ session })
    if (!row) return { passages: [], register: 'session' }
    const to = row.nextSeq - 1
    const segments = await indexOf(row).upTo(to, signal, row.sync)
    forgetOldest(kept)
    if (tokens === undefined) {
      const most = Math.min(MAX_RANKED, limit * RANKED_PER_HIT)
      return { passages: rankPassages(segments, query, most), register: 'session' }
    }
    const first = bestAlone(segments, query, FEEDBACK_PASSAGES)
    const read = await store.read({
      session,
      range: { from: Math.max(1, to - SAMPLED), to },
      at: first.map(({ seq }) => seq),
    })
    const register = isTalk(read.range) ? 'talk' : 'session'
    if (register === 'talk') {
      return { passages: rankPassages(segments, query, MAX_RANKED, { register }), register }
    }
    const found = new Map(read.at.map((message) => [message.seq, findable(message)]))
    const feedback = feedbackTerms(segments, query, textsOf(first, found, query))
    return { passages: rankPassages(segments, query, MAX_RANKED, { feedback }), register }
  }

  return {
    async search(request, signal) {
      const query = parseQuery(request.query)
      if (query.terms.length === 0) return []
      const { passages: ranked, register } = await rank(request, query, signal)
      const { session, limit, tokens, beyondContext = false } = request
      const read = await store.read({
        session,
        at: seqsToRead(ranked, tokens === undefined ? [] : stepsBeside(register)),
        ...(beyondContext ? { head: true, tail: true, pins: true } : {}),
      })
      const found = new Map(read.at.map((message) => [message.seq, findable(message)]))
      const hits = packHits(textsOf(ranked, found, query), {
        limit,
        ...(tokens === undefined ? {} : { tokens }),
        count: (text) => tokeniser.count(text),
        texts: new Map([...found].map(([seq, { text }]) => [seq, text])),
        register,
        asked: new Set(query.terms.map(({ term }) => term)),
        ...(beyondContext ? heldByContext({ ...read, pinned: read.session?.pins ?? [] }) : {}),
      })
      return hits.flatMap((hit): RecallHit[] => {
        const own = found.get(hit.seq)
        return own ? [showHit(own.message, own.text, hit)] : []
      })
    },
  }
}

interface Ranked {
  readonly passages: readonly RankedPassage[]
  readonly register: Register
}

/** Messages of the passages, and those that stand so many steps beside the best. */
function seqsToRead(ranked: readonly RankedPassage[], steps: readonly number[]): readonly Seq[] {
  const seqs = new Set(ranked.map(({ seq }) => seq))
  for (const { seq } of ranked.slice(0, MAX_WITH_BESIDE)) {
    for (const step of steps) if (seq + step > 0) seqs.add(seq + step)
  }
  return [...seqs]
}

interface Findable {
  readonly message: Message
  readonly text: string
}

function findable(message: Message): Findable {
  return { message, text: recallText(message) }
}

/** The passages' texts. Where only phrases are asked for, those that have them. */
function textsOf(
  ranked: readonly RankedPassage[],
  found: ReadonlyMap<Seq, Findable>,
  query: RecallQueryTerms,
): readonly FoundPassage[] {
  return ranked.flatMap(({ seq, offset, length, score }): FoundPassage[] => {
    const text = found.get(seq)?.text
    if (text === undefined) return []
    if (query.isPhrases && !hasPhrases(text, offset, length, query.phrases)) return []
    return [{ seq, offset, score, text: text.slice(offset, offset + length).toWellFormed() }]
  })
}

/** The index of a session that is deleted must not get into the next one of its id. */
function ofSession(store: IndexStore, row: SessionRow): IndexStore {
  const birth = birthOf(row)
  return {
    read: (query) => store.read({ ...query, birth }),
    put: (rows) => store.put(rows, birth),
  }
}

function forgetOldest(kept: Map<string, SessionIndex>): void {
  let size = 0
  for (const index of kept.values()) size += index.size()
  for (const [session, index] of kept) {
    // The one that is searched now stays, whatever its size.
    if (size <= MAX_KEPT || kept.size === 1) return
    size -= index.size()
    kept.delete(session)
  }
}
