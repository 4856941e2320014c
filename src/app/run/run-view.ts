import type { Session } from '../../client/session.ts'
import type { SessionState } from '../../protocol/events.ts'
import type { LiveFailure } from '../../widget/chat/ask/live-failure.ts'
import type { LiveAnswer } from '../live/live-host.ts'
import type { ReplayState } from '../replay/replay-player.ts'
import type { FeedView } from './feed-view.ts'
import type { LogItem } from './message-log.ts'

/** Everything the page shows of one session; a new value after every change. */
export interface RunView extends FeedView {
  readonly title: string
  /** For panels that read: recall, one generation, a diff. */
  readonly session: Session
  readonly state: SessionState
  /** Null where nothing is replayed. */
  readonly replay: ReplayState | null
  readonly items: readonly LogItem[]
  readonly answer: LiveAnswer | null
  readonly liveFailure: LiveFailure | null
  /** What came of the last thing asked for by hand. */
  readonly outcome: string | null
}
