import type { KeyboardEvent, ReactElement } from 'react'
import { useId, useMemo, useState } from 'react'
import { ContextGauge } from '../../blocks/context-gauge.tsx'
import { ContextInspector } from '../../blocks/context-inspector.tsx'
import { GenerationTimeline } from '../../blocks/generation-timeline.tsx'
import { RecallBox } from '../../blocks/recall-box.tsx'
import type { Chat } from '../../chat/chat.ts'
import { useObservable } from '../../hooks/use-observable.ts'
import { Icon } from '../icon.tsx'
import type { ChatLabels } from '../labels/chat-labels.ts'
import { ENGLISH } from '../labels/english.ts'
import { panelSession } from './panel-session.ts'

const TABS = ['context', 'generations', 'recall'] as const

export type PanelTab = (typeof TABS)[number]

export interface ContextPanelProps {
  readonly chat: Chat
  readonly labels?: ChatLabels | undefined
  /** Which is open at first, and again whenever it changes; `context` by default. */
  readonly tab?: PanelTab | undefined
  /** Makes messages that are named buttons. */
  readonly onReveal?: ((seq: number) => void) | undefined
  /** Offers no way back; false by default. */
  readonly isReadOnly?: boolean | undefined
  /** Without it there is no button to close. */
  readonly onClose?: (() => void) | undefined
}

/**
 * What stands behind the conversation: what is in the context now and why, the generations with the way back, and recall
 * over the whole log.
 *
 * @see SPEC.md rule VIEW13
 */
export function ContextPanel(props: ContextPanelProps): ReactElement {
  const { chat, labels = ENGLISH, onReveal, onClose } = props
  const [tab, setTab] = useState<PanelTab>(props.tab ?? 'context')
  const [wanted, setWanted] = useState(props.tab)
  if (wanted !== props.tab) {
    setWanted(props.tab)
    setTab(props.tab ?? 'context')
  }
  const id = useId()
  const session = useMemo(() => panelSession(chat, labels.notRead), [chat, labels])
  const { panels } = labels
  return (
    <section className="bf-panel" part="panel" lang={labels.locale} dir={labels.direction}>
      <div className="bf-panel-head">
        <Tabs id={id} tab={tab} labels={labels} onChoose={setTab} />
        {onClose !== undefined && (
          <button
            type="button"
            className="bf-tool"
            part="close"
            aria-label={labels.close}
            onClick={onClose}
          >
            <Icon name="remove" />
          </button>
        )}
      </div>
      <div
        id={`${id}panel`}
        className="bf-panel-body"
        part="panel-body"
        role="tabpanel"
        tabIndex={0}
        aria-labelledby={`${id}${tab}`}
      >
        {tab === 'context' && (
          <>
            <Gauge chat={chat} labels={labels} />
            <ContextInspector
              session={session}
              labels={panels.inspector}
              onOpenMessage={onReveal}
            />
          </>
        )}
        {tab === 'generations' && (
          <GenerationTimeline
            session={session}
            labels={panels.timeline}
            readOnly={props.isReadOnly === true}
          />
        )}
        {tab === 'recall' && (
          <RecallBox session={session} labels={panels.recallBox} onOpenMessage={onReveal} />
        )}
      </div>
    </section>
  )
}

interface TabsProps {
  /** What ids of the tabs begin with. */
  readonly id: string
  readonly tab: PanelTab
  readonly labels: ChatLabels
  readonly onChoose: (tab: PanelTab) => void
}

function Tabs({ id, tab, labels, onChoose }: TabsProps): ReactElement {
  return (
    <div
      className="bf-tabs"
      role="tablist"
      tabIndex={-1}
      aria-label={labels.panels.context}
      onKeyDown={(event) => moveTab(event, tab, onChoose)}
    >
      {TABS.map((one) => (
        <button
          key={one}
          id={`${id}${one}`}
          type="button"
          role="tab"
          className="bf-tab"
          part="tab"
          aria-selected={one === tab}
          aria-controls={`${id}panel`}
          tabIndex={one === tab ? 0 : -1}
          onClick={() => onChoose(one)}
        >
          {labels.panels[one]}
        </button>
      ))}
    </div>
  )
}

function Gauge({
  chat,
  labels,
}: {
  readonly chat: Chat
  readonly labels: ChatLabels
}): ReactElement {
  const { session } = useObservable(chat.state)
  return <ContextGauge className="bf-gauge" state={session} labels={labels.panels.gauge} />
}

/** The arrows go round the tabs, in the direction of the script. */
function moveTab(
  event: KeyboardEvent<HTMLElement>,
  tab: PanelTab,
  setTab: (tab: PanelTab) => void,
): void {
  const step = { ArrowRight: 1, ArrowLeft: -1, Home: -TABS.length, End: TABS.length }[event.key]
  if (step === undefined) return
  event.preventDefault()
  const list = event.currentTarget
  const isRtl = getComputedStyle(list).direction === 'rtl' && event.key.startsWith('Arrow')
  const at = TABS.indexOf(tab) + (isRtl ? -step : step)
  const count = TABS.length
  const next = event.key === 'Home' ? 0 : event.key === 'End' ? count - 1 : (at + count) % count
  setTab(TABS[next] ?? tab)
  list.querySelectorAll<HTMLElement>('[role="tab"]')[next]?.focus()
}
