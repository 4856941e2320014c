import type { ReactElement } from 'react'
import type { EventLine } from '../view/event-line.ts'
import { clockTime } from '../view/token-format.ts'

/** More are kept, but not drawn. */
const SHOWN = 120

/** What the session told its host, newest first. */
export function EventLog({ events }: { readonly events: readonly EventLine[] }): ReactElement {
  if (events.length === 0) return <p className="empty">No event yet.</p>
  return (
    <ol className="event-log" data-testid="events">
      {events
        .slice(-SHOWN)
        .reverse()
        .map(({ n, at, type, text, tone }) => (
          <li key={n} data-tone={tone} data-type={type}>
            <time>{clockTime(at)}</time>
            <span>{text}</span>
          </li>
        ))}
    </ol>
  )
}
