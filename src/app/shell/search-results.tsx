import type { ReactElement } from 'react'
import type { FoundSession } from '../../protocol/requests.ts'
import { readKept } from '../keep/kept-session.ts'
import { hashOf } from './route.ts'

/** Hits shown of one session. */
const MOST_HITS = 3

interface SearchResultsProps {
  readonly found: readonly FoundSession[] | null
  readonly isAsking: boolean
  readonly words: string
}

/** What a search over everything found: sessions, and in them the passages, each leading to its message. */
export function SearchResults({ found, isAsking, words }: SearchResultsProps): ReactElement {
  return (
    <div className="found" aria-busy={isAsking} data-testid="found">
      <p className="hint" role="status">
        {found === null || isAsking
          ? 'Searching …'
          : found.length === 0
            ? `Nothing holds “${words}”.`
            : `${found.length} ${found.length === 1 ? 'session' : 'sessions'}`}
      </p>
      <ul>
        {(found ?? []).map(({ session, hits }) => {
          const { id, name, archived } = readKept(session)
          return (
            <li key={id}>
              <a className="kept-link" href={hashOf({ page: 'session', id, seq: null })}>
                <bdi className="kept-name">{name}</bdi>
                {archived && <span className="kept-facts">archived</span>}
              </a>
              {hits.slice(0, MOST_HITS).map((hit) => (
                <a
                  key={hit.seq}
                  className="found-hit"
                  href={hashOf({ page: 'session', id, seq: hit.seq })}
                  data-testid="found-hit"
                >
                  <span className="found-seq">#{hit.seq}</span>{' '}
                  <bdi>{(hit.passages[0]?.text ?? hit.text).slice(0, 200)}</bdi>
                </a>
              ))}
            </li>
          )
        })}
      </ul>
    </div>
  )
}
