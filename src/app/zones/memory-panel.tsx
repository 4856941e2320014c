import type { ReactElement } from 'react'
import { useState } from 'react'
import { usePaced } from '../hooks/use-paced.ts'
import type { LogItem } from '../run/message-log.ts'
import type { RunView } from '../run/run-view.ts'
import { MEMORY_SOURCES } from '../run/memory-sources.ts'
import { MemoryList } from './memory-list.tsx'
import { RecallPanel } from './recall-panel.tsx'
import { TabList } from './tab-list.tsx'

interface MemoryPanelProps {
  readonly run: RunView | null
  readonly onOpenMessage: (seq: number) => void
}

const TABS = [{ key: 'recall', name: 'Recall' }, ...MEMORY_SOURCES]

const NO_ITEMS: readonly LogItem[] = []

/** Least time between two readings of a list while its session goes on, in milliseconds. */
const READ_EVERY_MS = 1_000

/** Everything that a session keeps outside its context, searchable, and open to correction. */
export function MemoryPanel({ run, onOpenMessage }: MemoryPanelProps): ReactElement {
  const session = run?.session ?? null
  const state = run?.state ?? null
  const [tab, setTab] = useState('recall')
  const [filter, setFilter] = useState('')
  const [words, setWords] = useState('')
  const source = MEMORY_SOURCES.find(({ key }) => key === tab)
  const revision = usePaced(
    state === null ? '' : `${state.generation} ${state.mark} ${state.newest} ${state.job.status}`,
    READ_EVERY_MS,
  )
  return (
    <div className="memory" data-testid="memory">
      <TabList
        tabs={TABS}
        chosen={tab}
        onChoose={setTab}
        label="Memory"
        prefix="memory-"
        panel="memory-panel"
        className="memory-tabs"
      />
      <div role="tabpanel" id="memory-panel" aria-labelledby={`memory-tab-${tab}`}>
        {/* Stays while another list is looked at, with what it found. */}
        <div hidden={source !== undefined}>
          <RecallPanel key={words} session={session} words={words} onOpenMessage={onOpenMessage} />
        </div>
        {source !== undefined && (
          <MemoryList
            key={source.key}
            source={source}
            session={session}
            log={run?.items ?? NO_ITEMS}
            revision={revision}
            filter={filter}
            onFilter={setFilter}
            onRecall={(sought) => {
              setWords(sought)
              setTab('recall')
            }}
            onOpenMessage={onOpenMessage}
          />
        )}
      </div>
    </div>
  )
}
