import type { KeyboardEvent, ReactElement } from 'react'
import { useRef } from 'react'

export interface TabName {
  readonly key: string
  readonly name: string
}

interface TabListProps {
  readonly tabs: readonly TabName[]
  readonly chosen: string
  readonly onChoose: (key: string) => void
  /** What the tabs are of, for screen readers. */
  readonly label: string
  /** Stands before `tab-` and the key in the id of each tab. */
  readonly prefix: string
  /** Id of the panel that shows the chosen tab. */
  readonly panel: string
  readonly className: string
}

/** Tabs by the usual keys: arrows go round, Home and End to the ends. */
export function TabList(props: TabListProps): ReactElement {
  const { tabs, chosen, onChoose, label, prefix, panel, className } = props
  const list = useRef<HTMLDivElement>(null)
  const onKey = (event: KeyboardEvent): void => {
    const next =
      tabs[
        nextTab(
          event.key,
          tabs.findIndex(({ key }) => key === chosen),
          tabs.length,
        )
      ]
    if (next === undefined) return
    event.preventDefault()
    onChoose(next.key)
    list.current?.querySelector<HTMLElement>(`#${prefix}tab-${next.key}`)?.focus()
  }
  return (
    <div className={className} role="tablist" aria-label={label} ref={list}>
      {tabs.map(({ key, name }) => (
        <button
          key={key}
          type="button"
          role="tab"
          id={`${prefix}tab-${key}`}
          aria-selected={chosen === key}
          aria-controls={panel}
          tabIndex={chosen === key ? 0 : -1}
          onClick={() => onChoose(key)}
          onKeyDown={onKey}
        >
          {name}
        </button>
      ))}
    </div>
  )
}

/** Index of the tab that a key leads to; -1 for other keys. */
function nextTab(key: string, at: number, count: number): number {
  if (key === 'Home') return 0
  if (key === 'End') return count - 1
  const step = key === 'ArrowRight' ? 1 : key === 'ArrowLeft' ? -1 : 0
  return step === 0 ? -1 : (at + step + count) % count
}
