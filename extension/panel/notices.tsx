import type { ReactElement } from 'react'
import { LABELS } from './labels.ts'
import type { PanelNotice } from './panel-core.ts'
import type { PanelWorld } from './world.ts'

interface NoticesProps {
  readonly world: PanelWorld
  readonly notices: readonly PanelNotice[]
  /** What the site's adapter says of itself. */
  readonly health: string
}

/** What a person has to know before anything else. */
export function Notices({ world, notices, health }: NoticesProps): ReactElement | null {
  if (notices.length === 0) return null
  return (
    <ul className="notices" data-testid="notices">
      {notices.map((notice) => (
        <li key={notice} data-notice={notice}>
          <p>
            {LABELS.notices[notice]}
            {HEALTH.has(notice) && health !== '' && (
              <span className="hint"> {health.slice(0, 300)}</span>
            )}
          </p>
          {notice === 'paused' && (
            <button
              type="button"
              className="plain"
              onClick={() => void world.change({ isPaused: false })}
              data-testid="resume"
            >
              {LABELS.header.resume}
            </button>
          )}
        </li>
      ))}
    </ul>
  )
}

const HEALTH: ReadonlySet<PanelNotice> = new Set(['fallback', 'partial', 'unrecognised'])
