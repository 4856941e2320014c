import type { ReactElement } from 'react'
import { useState } from 'react'
import type { KeptSession } from '../keep/kept-session.ts'
import { hashOf } from '../shell/route.ts'
import { sessionWords, type SessionSyncWords } from '../view/sync-words.ts'
import { ShortList } from './short-list.tsx'

interface SyncSessionsProps {
  readonly sessions: readonly KeptSession[]
  readonly onSkip: (session: string) => void
}

/** Sessions of which something is not sent, gave way or is missing. */
export function SyncSessions({ sessions, onSkip }: SyncSessionsProps): ReactElement | null {
  return (
    <ShortList
      items={sessionWords(sessions)}
      most={MOST_SHOWN}
      label="Sessions"
      others="more sessions"
      className="lines"
      testId="sync-sessions"
    >
      {(words) => <SessionLine key={words.id} words={words} onSkip={() => onSkip(words.id)} />}
    </ShortList>
  )
}

const MOST_SHOWN = 5

interface SessionLineProps {
  readonly words: SessionSyncWords
  readonly onSkip: () => void
}

function SessionLine({ words, onSkip }: SessionLineProps): ReactElement {
  const { id, name, text, isLacking } = words
  const [isAsking, setAsking] = useState(false)
  return (
    <li>
      <a className="link" href={hashOf({ page: 'session', id, seq: null })}>
        <bdi>{name}</bdi>
      </a>
      : {text}
      {isLacking && !isAsking && (
        <>
          {' '}
          <button
            type="button"
            className="link"
            onClick={() => setAsking(true)}
            data-testid="sync-skip"
          >
            Go on without them
          </button>
        </>
      )}
      {isLacking && isAsking && (
        <div className="sync-doomed">
          <p className="hint">
            Do this if the device that wrote them is gone for good. Each leaves a note in its place,
            on all your devices. Should that device come back, so do they.
          </p>
          <div className="button-row">
            <button
              type="button"
              className="plain danger"
              onClick={() => {
                setAsking(false)
                onSkip()
              }}
              data-testid="sync-skip-sure"
            >
              Go on without them
            </button>
            <button type="button" className="plain" onClick={() => setAsking(false)}>
              Wait
            </button>
          </div>
        </div>
      )}
    </li>
  )
}
