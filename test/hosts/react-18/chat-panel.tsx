import { BackfoldProvider, ContextGauge, RecallBox } from 'backfold/react'
import { useContextState, useSession } from 'backfold/react'

export function ChatPanel({ id }: { id: string }) {
  const { status, session, error } = useSession(id, { budget: { tokens: 32_000 } })
  const state = useContextState(session) // tokens by category, job, what happens next
  if (status === 'failed') return <p role="alert">{error.message}</p>
  return (
    <aside aria-busy={status === 'opening'}>
      <ContextGauge state={state} className="gauge" labels={{ name: 'Context' }} />
      <RecallBox session={session} />
    </aside>
  )
}
export const App = () => (
  <BackfoldProvider>
    <ChatPanel id="support-42" />
  </BackfoldProvider>
)
