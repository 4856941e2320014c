import type { ReactElement, ReactNode } from 'react'
import { useState } from 'react'
import type { GaugeLabels } from '../blocks/context-gauge.tsx'
import { ContextGauge } from '../blocks/context-gauge.tsx'
import type { Chat } from '../chat/chat.ts'
import { useObservable } from '../hooks/use-observable.ts'
import { FrameIcon } from './frame-icon.tsx'
import type { WidgetLabels } from './widget-labels.ts'

export interface ChatHeaderProps {
  readonly chat: Chat
  readonly labels: WidgetLabels
  readonly gauge?: GaugeLabels | undefined
  /** Shown where the session has no title. */
  readonly heading: string
  readonly isPanelOpen: boolean
  readonly onTogglePanel: () => void
  /** Without it there is no button for it. */
  readonly onNewSession?: (() => void) | undefined
  readonly onClose?: (() => void) | undefined
  readonly isReadOnly: boolean
  /** What the host puts there. */
  readonly children?: ReactNode
}

/** The title, how full the context is, and the ways to what stands behind it. @see SPEC.md rule ELEM7 */
export function ChatHeader(props: ChatHeaderProps): ReactElement {
  const { chat, labels, gauge, isPanelOpen, onTogglePanel, onNewSession, onClose } = props
  const { session } = useObservable(chat.state)
  const [outcome, setOutcome] = useState('')
  const isFolding = session.job.status === 'running' || session.job.status === 'queued'
  const fold = async (): Promise<void> => {
    setOutcome(labels.folding)
    const done = await chat.fold()
    setOutcome(done !== null && 'reason' in done ? labels.foldSkipped(done.reason) : '')
  }
  return (
    <header className="bfw-header" part="header">
      <div className="bfw-header-line">
        <h2 className="bfw-title" part="title" dir="auto">
          {session.details.title || props.heading}
        </h2>
        {props.children}
        <HeaderButton
          icon="context"
          name={labels.context}
          isOn={isPanelOpen}
          onClick={onTogglePanel}
        />
        {!props.isReadOnly && (
          <HeaderButton
            icon="fold"
            name={labels.foldNow}
            isBusy={isFolding}
            onClick={() => void fold()}
          />
        )}
        {onNewSession !== undefined && (
          <HeaderButton icon="plus" name={labels.newSession} onClick={onNewSession} />
        )}
        {onClose !== undefined && (
          <HeaderButton icon="remove" name={labels.close} onClick={onClose} />
        )}
      </div>
      <ContextGauge className="bfw-gauge" state={session} {...(gauge && { labels: gauge })} />
      <p className="bfw-outcome" role="status">
        {outcome}
      </p>
    </header>
  )
}

interface HeaderButtonProps {
  readonly icon: 'context' | 'fold' | 'plus' | 'remove'
  readonly name: string
  readonly isOn?: boolean
  readonly isBusy?: boolean
  readonly onClick: () => void
}

function HeaderButton({ icon, name, isOn, isBusy, onClick }: HeaderButtonProps): ReactElement {
  return (
    <button
      type="button"
      className="bfw-round"
      part="header-button"
      aria-label={name}
      title={name}
      aria-expanded={isOn}
      aria-busy={isBusy}
      onClick={onClick}
    >
      <FrameIcon name={icon} />
    </button>
  )
}
