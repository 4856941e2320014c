import type { ReactElement } from 'react'
import { percent } from '../../src/app/view/token-format.ts'
import type { TabState } from '../wire/panel-wire.ts'
import { hostName } from './host-name.ts'
import { LABELS } from './labels.ts'
import { ScreenHead } from './screen-head.tsx'

interface ChatListProps {
  readonly tabs: readonly TabState[]
  readonly shown: number | null
  readonly onChoose: (tab: number) => void
  readonly onBack: () => void
}

/** The chats of all tabs, each with how full it is. */
export function ChatList({ tabs, shown, onChoose, onBack }: ChatListProps): ReactElement {
  return (
    <section className="screen" aria-labelledby="screen-title" data-testid="chats">
      <ScreenHead title={LABELS.chats.title} onBack={onBack} />
      {tabs.length === 0 && <p className="empty">{LABELS.chats.empty}</p>}
      <ul className="chat-list">
        {tabs.map((state) => (
          <li key={state.tab}>
            <button
              type="button"
              className="chat-row"
              aria-current={state.tab === shown ? 'true' : undefined}
              onClick={() => onChoose(state.tab)}
            >
              <bdi className="chat-name">{state.title || LABELS.chats.unnamed}</bdi>
              <span className="hint">{hostName(state.origin)}</span>
              <span className="fullness" data-level={state.gauge?.level ?? 'none'}>
                {stateWords(state)}
              </span>
            </button>
          </li>
        ))}
      </ul>
    </section>
  )
}

function stateWords({ isTemporary, isPaused, gauge }: TabState): string {
  if (isTemporary) return LABELS.chats.temporary
  if (isPaused) return LABELS.chats.paused
  if (gauge === null) return LABELS.chats.unseen
  return `${percent(gauge.tokens / Math.max(1, gauge.window))} · ${LABELS.gauge.levels[gauge.level]}`
}
