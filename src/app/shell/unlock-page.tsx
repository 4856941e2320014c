import type { ReactElement, SubmitEvent } from 'react'
import { useState } from 'react'
import { focusOn } from '../hooks/focus-on.ts'
import { lockText } from '../keep/idle-lock.ts'
import type { Keep, KeepState } from '../keep/keep-world.ts'
import { Wordmark } from '../zones/wordmark.tsx'

/** Stands before everything else while what is kept is locked: nothing of it has been read. */
export function UnlockPage({
  keep,
  state,
}: {
  readonly keep: Keep
  readonly state: KeepState
}): ReactElement {
  const [passphrase, setPassphrase] = useState('')
  const { lock } = state
  const isBusy = lock.status !== 'locked'
  const submit = (event: SubmitEvent): void => {
    event.preventDefault()
    const tried = passphrase
    setPassphrase('')
    void keep.unlock(tried)
  }
  return (
    <main className="unlock" id="main" data-testid="unlock">
      <h1 className="wordmark">
        <Wordmark />
      </h1>
      <form className="panel form" onSubmit={submit}>
        <p role="status" data-testid="lock-reason" data-wrong={isWrong(lock)}>
          {lock.status === 'locked' ? lockText(lock.because) : 'Opening …'}
        </p>
        <label>
          Passphrase
          <input
            type="password"
            autoComplete="current-password"
            value={passphrase}
            disabled={isBusy}
            ref={focusOn}
            onChange={(event) => setPassphrase(event.target.value)}
            data-testid="passphrase"
          />
        </label>
        <button type="submit" className="primary" disabled={isBusy || passphrase === ''}>
          Unlock
        </button>
        <p className="hint">
          Nobody can reset it. Without the passphrase the data cannot be read, here or anywhere.
        </p>
      </form>
    </main>
  )
}

function isWrong(lock: KeepState['lock']): boolean {
  return lock.status === 'locked' && lock.because === 'wrong-passphrase'
}
