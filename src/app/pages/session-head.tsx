import type { ReactElement } from 'react'
import { exportSessions } from '../keep/export-sessions.ts'
import type { Keep } from '../keep/keep-world.ts'
import { hashOf } from '../shell/route.ts'
import { shortTokens } from '../view/token-format.ts'
import { Icon } from '../zones/icon.tsx'

interface SessionHeadProps {
  readonly keep: Keep
  readonly id: string
  readonly name: string
  /** Tokens of the context and its budget; null until the session is open. */
  readonly tokens: { readonly context: number; readonly budget: number } | null
  readonly isBeside: boolean
  readonly onBeside: () => void
  readonly onSettings: () => void
}

/** What a session is called, how full its context is, and the ways to what belongs to it. */
export function SessionHead(props: SessionHeadProps): ReactElement {
  const { keep, id, name, tokens, isBeside } = props
  return (
    <header className="session-head">
      <h1 dir="auto">{name}</h1>
      {tokens !== null && (
        <span className="hint" data-testid="session-tokens">
          {shortTokens(tokens.context)} of {shortTokens(tokens.budget)} tokens
        </span>
      )}
      <button
        type="button"
        className="quiet"
        aria-pressed={isBeside}
        aria-label="Behind it"
        onClick={props.onBeside}
        data-testid="beside"
      >
        <Icon name="fold" />
      </button>
      <a
        className="quiet"
        href={hashOf({ page: 'health', id })}
        aria-label="Health of this session"
      >
        <Icon name="pulse" />
      </a>
      <button
        type="button"
        className="quiet"
        aria-label="Export this session"
        onClick={() => void exportSessions(keep, [{ id, name }])}
      >
        <Icon name="file" />
      </button>
      <button
        type="button"
        className="quiet"
        aria-label="Settings of this session"
        onClick={props.onSettings}
        data-testid="session-settings"
      >
        <Icon name="gear" />
      </button>
    </header>
  )
}
