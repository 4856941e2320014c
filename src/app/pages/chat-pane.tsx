import type { ReactElement } from 'react'
import { useMemo } from 'react'
import { endpointOf, type Provider } from '../keep/app-settings.ts'
import type { Playground, PlaygroundState } from '../run/playground.ts'
import { SessionZone } from '../zones/session-zone.tsx'

interface ChatPaneProps {
  readonly state: PlaygroundState
  readonly zones: Playground
  readonly provider: Provider
  readonly apiKey: string
  /** A message to be shown, such as one that was searched for. */
  readonly seq: number | null
}

/** The conversation itself: what was said, and where a person writes. */
export function ChatPane({ state, zones, provider, apiKey, seq }: ChatPaneProps): ReactElement {
  const target = useMemo(() => (seq === null ? null : { seq }), [seq])
  const live = useMemo(
    () => ({ endpoint: endpointOf(provider, apiKey), on: provider.baseUrl !== '' }),
    [provider, apiKey],
  )
  return (
    <SessionZone
      state={state}
      playground={zones}
      live={live}
      onLive={() => {}}
      target={target}
      onChoose={() => {}}
    />
  )
}
