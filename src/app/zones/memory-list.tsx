import type { ReactElement } from 'react'
import { useDeferredValue, useEffect, useRef, useState } from 'react'
import type { Session } from '../../client/session.ts'
import { useRequest } from '../hooks/use-request.ts'
import type { LogItem } from '../run/message-log.ts'
import type { MemorySource } from '../run/memory-source.ts'
import type { Problem } from '../view/error-advice.ts'
import { describeProblem } from '../view/error-advice.ts'
import { filterItems, groupItems } from '../view/filter-items.ts'
import type { ItemAction, MemoryItem } from '../view/memory-item.ts'
import { fullTokens } from '../view/token-format.ts'
import { ListTools } from './list-tools.tsx'
import { MemoryItemView } from './memory-item-view.tsx'
import { ProblemBanner } from './problem-banner.tsx'

interface MemoryListProps {
  readonly source: MemorySource
  readonly session: Session | null
  /** The log as the page holds it. */
  readonly log: readonly LogItem[]
  /** Changes whenever there may be something new to read. */
  readonly revision: string
  readonly filter: string
  readonly onFilter: (filter: string) => void
  /** Looks for words in all that was ever said. */
  readonly onRecall: (words: string) => void
  readonly onOpenMessage: (seq: number) => void
}

/** Items drawn at first, and more each time they are asked for. */
const ITEMS_DRAWN = 60

/** One list of what is stored: searched by the words in it, corrected by buttons. */
export function MemoryList(props: MemoryListProps): ReactElement {
  const { source, session, revision, filter } = props
  const [asked, setAsked] = useState(0)
  const [outcome, setOutcome] = useState<string | Problem | null>(null)
  const outcomeLine = useRef<HTMLDivElement>(null)
  const { value, problem, loading } = useRequest(
    session === null ? null : `${session.id} ${revision} ${asked}`,
    async () => (session === null ? [] : source.read(session, props.log)),
  )
  const again = (): void => setAsked((before) => before + 1)
  const carryOut = async (run: () => Promise<string>): Promise<void> => {
    setOutcome(null)
    try {
      setOutcome(await run())
    } catch (error) {
      setOutcome(describeProblem(error))
    }
    again()
  }
  const act = async (item: MemoryItem, action: ItemAction, text: string): Promise<void> => {
    if (session !== null) await carryOut(() => source.act(session, item, action, text))
  }
  useEffect(() => {
    // The button is gone with what it did; its place is the answer's.
    if (typeof outcome === 'string') outcomeLine.current?.focus()
  }, [outcome])
  return (
    <>
      <div className="memory-search">
        <input
          type="search"
          value={filter}
          onChange={(event) => props.onFilter(event.target.value)}
          placeholder={`Search ${source.many}`}
          aria-label={`Search ${source.many}`}
          disabled={session === null}
          data-testid="memory-filter"
        />
        <button
          type="button"
          className="plain"
          onClick={again}
          disabled={session === null || loading}
        >
          Refresh
        </button>
        <div className="memory-outcome" role="status" tabIndex={-1} ref={outcomeLine}>
          {typeof outcome === 'string' && <p data-testid="memory-outcome">{outcome}</p>}
        </div>
      </div>
      {session !== null && (
        <ListTools source={source} session={session} onRun={(run) => void carryOut(run)} />
      )}
      {outcome !== null && typeof outcome !== 'string' && (
        <ProblemBanner problem={outcome} onDismiss={() => setOutcome(null)} onRetry={null} />
      )}
      {problem !== null && <ProblemBanner problem={problem} onDismiss={null} onRetry={again} />}
      {session === null && <p className="empty">{source.empty} Start a session first.</p>}
      {session !== null && value === null && problem === null && (
        <div aria-busy="true">
          <div className="skeleton" />
          <div className="skeleton short" />
        </div>
      )}
      {session !== null && value !== null && (
        <Items {...props} session={session} items={value} onAct={act} />
      )}
    </>
  )
}

interface ItemsProps extends MemoryListProps {
  readonly session: Session
  readonly items: readonly MemoryItem[]
  readonly onAct: (item: MemoryItem, action: ItemAction, text: string) => Promise<void>
}

function Items(props: ItemsProps): ReactElement {
  const { source, session, items, filter, onAct, onOpenMessage } = props
  const [drawn, setDrawn] = useState(ITEMS_DRAWN)
  const sought = useDeferredValue(filter)
  const found = filterItems(items, sought)
  if (items.length === 0) return <p className="empty">{source.empty}</p>
  return (
    <>
      <p className="hint" role="status" data-testid="memory-count">
        {found.length === items.length
          ? `${fullTokens(items.length)} ${source.many}`
          : `${fullTokens(found.length)} of ${fullTokens(items.length)} ${source.many}`}
      </p>
      {found.length === 0 && (
        <p className="empty">
          None of them holds all these words.{' '}
          <button type="button" className="link" onClick={() => props.onRecall(filter)}>
            Recall them from all that was said
          </button>
        </p>
      )}
      {groupItems(found, drawn).map(({ name, items: own }) => (
        <section key={name} className="memory-group" aria-label={name}>
          <h3>
            {name} <span>{fullTokens(found.filter(({ group }) => group === name).length)}</span>
          </h3>
          <ul>
            {own.map((item) => (
              <MemoryItemView
                key={item.id}
                item={item}
                session={session}
                onAct={(action, text) => onAct(item, action, text)}
                onOpenMessage={onOpenMessage}
              />
            ))}
          </ul>
        </section>
      ))}
      {found.length > drawn && (
        <button type="button" className="plain" onClick={() => setDrawn(drawn + ITEMS_DRAWN)}>
          Show {fullTokens(Math.min(ITEMS_DRAWN, found.length - drawn))} more
        </button>
      )}
    </>
  )
}
