/** What a host with React writes. The other entries compile without it. */
import { BackfoldProvider, ContextGauge, useSession, type SessionHandle } from 'backfold/react'
import { createElement, type ReactElement } from 'react'

export function Panel(): ReactElement {
  const handle: SessionHandle = useSession('a', { budget: { tokens: 8_000 } })
  const state = handle.status === 'ready' ? handle.session.state.get() : null
  return createElement(ContextGauge, { state, className: 'gauge', id: 'a' })
}

// @ts-expect-error A gauge needs a state, or to be told that there is none.
createElement(ContextGauge, {})

export const page: ReactElement = createElement(BackfoldProvider, null, createElement(Panel))
