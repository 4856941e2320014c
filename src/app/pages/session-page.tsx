import { lazy, Suspense, useEffect, useState, type ReactElement } from 'react'
import { useObservable } from '../../widget/hooks/use-observable.ts'
import type { Chat } from '../../widget/chat/chat.ts'
import type { Problem } from '../view/error-advice.ts'
import { describeProblem } from '../view/error-advice.ts'
import type { Session } from '../../client/session.ts'
import { isSetUp, localeOf } from '../keep/app-settings.ts'
import type { Keep, KeepState } from '../keep/keep-world.ts'
import { go } from '../shell/use-route.ts'
import { ProblemBanner } from '../zones/problem-banner.tsx'
import { ChatPane } from './chat-pane.tsx'
import { openChat, providerOf } from './open-chat.ts'
import { readChatPlace } from '../keep/chat-place.ts'
import { ElsewhereNote } from './elsewhere-note.tsx'
import { SessionHead } from './session-head.tsx'
import { SyncNote } from './sync-note.tsx'
import { SessionSettings } from './session-settings.tsx'
import '../styles/workbench.css'

const SideZones = lazy(async () => ({ default: (await import('./side-zones.tsx')).SideZones }))

interface SessionPageProps {
  readonly keep: Keep
  readonly state: KeepState
  readonly id: string
  readonly seq: number | null
}

/** A kept session: the conversation, and beside it what is behind its context. */
export function SessionPage(props: SessionPageProps): ReactElement {
  const { state, id } = props
  // Opening would make it anew: an old address, or a deletion in another tab, is no wish for a session.
  const isHere = state.sessions?.some((one) => one.id === id) ?? true
  const { opened, problem } = useOpened(props, isHere)
  if (!isHere) return <NotHere />
  if (problem !== null) {
    return (
      <main className="shell-page" id="main">
        <ProblemBanner problem={problem} onDismiss={null} onRetry={null} />
      </main>
    )
  }
  if (opened === null) {
    return (
      <main className="shell-page" id="main" aria-busy="true">
        <div className="paper">
          <div className="skeleton" />
          <div className="skeleton short" />
        </div>
      </main>
    )
  }
  return <OpenSession {...props} {...opened} />
}

function NotHere(): ReactElement {
  return (
    <main className="shell-page" id="main" tabIndex={-1}>
      <div className="paper" data-testid="not-here">
        <h1>This session is not here</h1>
        <p>It was deleted, or it is kept in another browser. Nothing was made in its place.</p>
        <div className="button-row">
          <a className="plain" href="#/">
            To the first page
          </a>
        </div>
      </div>
    </main>
  )
}

interface Opened {
  readonly session: Session
  readonly chat: Chat
}

function OpenSession(props: SessionPageProps & Opened): ReactElement {
  const { keep, state, id, seq, session, chat } = props
  const sessionState = useObservable(session.state)
  const { details, tokens, budget } = sessionState
  const [isBeside, setBeside] = useState(() => matchMedia('(min-width: 75rem)').matches)
  const [isSetting, setSetting] = useState(false)
  const kept = state.sessions?.find((one) => one.id === id)
  const chatPlace = readChatPlace(details.host)
  return (
    <div className="session-page" data-beside={isBeside} data-testid="session-page">
      <SessionHead
        keep={keep}
        id={id}
        name={details.title || (kept?.messages ? kept.name : 'New session')}
        tokens={{ context: tokens.context, budget: budget.tokens }}
        isBeside={isBeside}
        onBeside={() => setBeside(!isBeside)}
        onSettings={() => setSetting(true)}
      />
      {isSetting && (
        <SessionSettings
          keep={keep}
          id={id}
          details={details}
          budget={budget.tokens}
          fallback={state.settings.provider}
          onClose={() => setSetting(false)}
        />
      )}
      <div className="session-zones">
        <ChatPane
          chat={chat}
          seq={seq}
          locale={localeOf(state.settings)}
          isSetUp={isSetUp(providerOf(details.host, state.settings))}
          note={keep.sync && <SyncNote sync={keep.sync} session={sessionState} />}
          elsewhere={chatPlace && <ElsewhereNote keep={keep} session={session} place={chatPlace} />}
        />
        {isBeside && (
          <Suspense fallback={<div className="zone" aria-busy="true" />}>
            <SideZones
              keep={keep}
              id={id}
              onOpenMessage={(found) => go({ page: 'session', id, seq: found })}
            />
          </Suspense>
        )}
      </div>
    </div>
  )
}

/** The session and its chat, for as long as the page shows them. */
function useOpened(
  { keep, state, id }: SessionPageProps,
  isHere: boolean,
): {
  readonly opened: Opened | null
  readonly problem: Problem | null
} {
  const [opened, setOpened] = useState<Opened | null>(null)
  const [problem, setProblem] = useState<Problem | null>(null)
  const isOpen = state.phase === 'open' && isHere
  useEffect(() => {
    if (!isOpen) return
    let isGone = false
    let close = (): void => {}
    const open = async (): Promise<void> => {
      const backfold = await keep.backfold()
      const session = await backfold.session(id)
      if (isGone) return
      const { chat, settle } = openChat(keep, backfold, session)
      const stop = keep.beforeLeaving(settle)
      close = () => {
        stop()
        chat.close()
      }
      setOpened({ session, chat })
    }
    open().catch((thrown: unknown) => {
      keep.errors.note(thrown, 'opening a session')
      if (!isGone) setProblem(describeProblem(thrown))
    })
    return () => {
      isGone = true
      close()
      setOpened(null)
      // What was said first may be its name from now on.
      void keep.refresh()
    }
  }, [keep, id, isOpen])
  return { opened, problem }
}
