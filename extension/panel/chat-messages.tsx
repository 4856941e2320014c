import type { ReactElement } from 'react'
import { useCallback } from 'react'
import type { LogItem } from '../../src/app/run/message-log.ts'
import type { Playground } from '../../src/app/run/playground.ts'
import type { RunView } from '../../src/app/run/run-view.ts'
import { MessageList, type ScrollTarget } from '../../src/app/zones/message-list.tsx'
import { Icon } from '../../src/app/zones/icon.tsx'
import { LABELS } from './labels.ts'
import { useSay } from './live.tsx'
import type { PanelWorld } from './world.ts'

interface ChatMessagesProps {
  readonly world: PanelWorld
  readonly tab: number
  readonly view: RunView
  readonly zones: Playground
  readonly target: ScrollTarget | null
}

/** The originals, each with the way back to where it stands on the page. */
export function ChatMessages({ world, tab, view, zones, target }: ChatMessagesProps): ReactElement {
  const say = useSay()
  const show = useCallback(
    async (turn: string) => {
      const isShown = await world.ask('reveal', { tab, turn }, REVEAL_MS).catch(() => false)
      say(isShown ? LABELS.messages.shown : LABELS.messages.notMounted)
    },
    [world, tab, say],
  )
  const actions = useCallback(
    ({ seq, draft }: LogItem) =>
      seq !== null &&
      draft.id !== undefined && (
        <button
          type="button"
          className="quiet pin"
          aria-label={LABELS.messages.show(seq)}
          title={LABELS.messages.show(seq)}
          onClick={() => void show(draft.id ?? '')}
          data-testid="reveal"
        >
          <Icon name="search" />
        </button>
      ),
    [show],
  )
  return (
    <div className="chat-messages">
      <MessageList
        key={view.session.id}
        items={view.items}
        mark={view.state.mark}
        generation={view.state.generation}
        pins={view.pins}
        stubbed={view.stubbed}
        target={target}
        onPin={zones.setPin}
        onRetry={zones.retry}
        actions={actions}
      >
        {view.items.length === 0 && <p className="empty">{LABELS.messages.empty}</p>}
      </MessageList>
    </div>
  )
}

/** Longest wait for a page to scroll, in milliseconds. */
const REVEAL_MS = 5_000
