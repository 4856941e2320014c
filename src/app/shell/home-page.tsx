import type { ReactElement } from 'react'
import type { Keep, KeepState } from '../keep/keep-world.ts'
import { totalOf } from '../keep/total-of.ts'
import { messagesText } from '../view/count-text.ts'
import { shortTokens } from '../view/token-format.ts'
import { hashOf } from './route.ts'
import { go } from './use-route.ts'

/** What is seen where no session is open: how to begin. */
export function HomePage({
  keep,
  state,
}: {
  readonly keep: Keep
  readonly state: KeepState
}): ReactElement {
  const { sessions } = state
  const { messages, tokens } = totalOf(sessions ?? [])
  const begin = (): void => {
    void keep.create().then((id) => {
      if (id !== null) go({ page: 'session', id, seq: null })
    })
  }
  return (
    <div className="paper home">
      <h1>Long sessions, short context</h1>
      <p>
        Keep your chats with models here. What gets too long is folded in the background; every
        message stays, and can be found and unfolded again. All of it lives in this browser.
      </p>
      <div className="button-row">
        <button type="button" className="primary" onClick={begin}>
          New session
        </button>
        <a className="plain" href={hashOf({ page: 'import' })}>
          Import sessions
        </a>
        <a className="plain" href={hashOf({ page: 'workbench' })}>
          Watch a recording fold
        </a>
      </div>
      <p className="hint">
        Or drop an export of another app anywhere on this page: ChatGPT, Claude, Claude Code, Codex.
      </p>
      {sessions !== null && sessions.length > 0 && (
        <p className="hint" data-testid="totals">
          {sessions.length} {sessions.length === 1 ? 'session' : 'sessions'},{' '}
          {messagesText(messages)}, {shortTokens(tokens)} tokens.
        </p>
      )}
    </div>
  )
}
