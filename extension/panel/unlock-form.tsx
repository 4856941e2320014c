import type { ReactElement, SubmitEvent } from 'react'
import { useState } from 'react'
import { isBackfoldError } from '../../src/core/backfold-error.ts'
import { describeProblem } from '../../src/app/view/error-advice.ts'
import { LABELS } from './labels.ts'
import { useSay } from './live.tsx'
import type { PanelWorld } from './world.ts'

/** Opens the archive with its passphrase. */
export function UnlockForm({ world }: { readonly world: PanelWorld }): ReactElement {
  const [passphrase, setPassphrase] = useState('')
  const [isBusy, setBusy] = useState(false)
  const [problem, setProblem] = useState('')
  const say = useSay()
  const { locked } = LABELS.states
  const unlock = async (): Promise<void> => {
    const tried = passphrase
    setPassphrase('')
    setProblem('')
    setBusy(true)
    try {
      await world.ask('unlock', { passphrase: tried })
    } catch (thrown) {
      const isWrong = isBackfoldError(thrown) && thrown.code === 'WRONG_PASSPHRASE'
      const words = isWrong ? locked.wrong : describeProblem(thrown).message
      setProblem(words)
      say(words)
    } finally {
      setBusy(false)
    }
  }
  return (
    <form
      className="form"
      onSubmit={(event: SubmitEvent) => {
        event.preventDefault()
        void unlock()
      }}
      data-testid="unlock"
    >
      <label>
        {locked.passphrase}
        <input
          type="password"
          autoComplete="current-password"
          value={passphrase}
          disabled={isBusy}
          aria-invalid={problem !== ''}
          aria-describedby="unlock-problem"
          onChange={({ target }) => setPassphrase(target.value)}
          data-testid="passphrase"
        />
      </label>
      <p className="failed" id="unlock-problem">
        {problem}
      </p>
      <button type="submit" className="primary" disabled={isBusy || passphrase === ''}>
        {isBusy ? locked.opening : locked.unlock}
      </button>
      <p className="hint">{locked.hint}</p>
    </form>
  )
}
