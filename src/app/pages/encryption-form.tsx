import type { ReactElement, SubmitEvent } from 'react'
import { useState } from 'react'
import { IDLE_MINUTES } from '../keep/idle-lock.ts'
import type { Keep, KeepState } from '../keep/keep-world.ts'
import { judgePassphrase } from '../keep/judge-passphrase.ts'
import { SecretField } from '../zones/secret-field.tsx'

/** Encryption of everything that is kept: on, off, another passphrase, and when it locks by itself. */
export function EncryptionForm({
  keep,
  state,
}: {
  readonly keep: Keep
  readonly state: KeepState
}): ReactElement {
  const isOn = state.protection === 'passphrase'
  return (
    <section className="panel form" aria-labelledby="encryption" data-testid="encryption">
      <h2 id="encryption">Encryption</h2>
      <p>
        {isOn
          ? 'What is kept in this browser is encrypted with your passphrase.'
          : 'What is kept in this browser is readable to whoever can use it. Encrypt it, and nothing can be read without the passphrase.'}
      </p>
      <PassphraseForm keep={keep} isOn={isOn} />
      {isOn && (
        <>
          {keep.locksByItself && (
            <label>
              Lock after minutes without a touch (0 for never)
              <input
                type="number"
                min={0}
                max={IDLE_MINUTES.most}
                value={state.settings.idleMinutes}
                onChange={({ target }) => {
                  const idleMinutes = Math.round(Number(target.value))
                  if (idleMinutes >= 0 && idleMinutes <= IDLE_MINUTES.most)
                    keep.change({ idleMinutes })
                }}
                data-testid="idle-minutes"
              />
            </label>
          )}
          <div className="button-row">
            <button type="button" className="plain" onClick={() => void keep.lock()}>
              Lock now
            </button>
          </div>
        </>
      )}
    </section>
  )
}

function PassphraseForm({
  keep,
  isOn,
}: {
  readonly keep: Keep
  readonly isOn: boolean
}): ReactElement {
  const [passphrase, setPassphrase] = useState('')
  const [again, setAgain] = useState('')
  const [said, setSaid] = useState('')
  const [isBusy, setBusy] = useState(false)
  const problem = judgePassphrase(passphrase, again)
  const protect = (next: string | null): void => {
    setBusy(true)
    setSaid('Working …')
    setPassphrase('')
    setAgain('')
    void keep.protect(next).then((isDone) => {
      setBusy(false)
      setSaid(
        !isDone
          ? 'Nothing was changed.'
          : next === null
            ? 'Encryption is off.'
            : 'Everything is encrypted with the new passphrase. Nobody can reset it: keep it safe.',
      )
    })
  }
  return (
    <form
      className="form"
      autoComplete="off"
      onSubmit={(event: SubmitEvent) => {
        event.preventDefault()
        if (problem === null) protect(passphrase)
      }}
    >
      <SecretField
        label={isOn ? 'New passphrase' : 'Passphrase'}
        hint="nobody can reset it"
        value={passphrase}
        onChange={setPassphrase}
        testId="new-passphrase"
      />
      <SecretField
        label="Once more"
        hint=""
        value={again}
        onChange={setAgain}
        testId="new-passphrase-again"
      />
      <div className="button-row">
        <button
          type="submit"
          className="plain"
          disabled={isBusy || problem !== null}
          data-testid="encrypt"
        >
          {isOn ? 'Change the passphrase' : 'Encrypt everything'}
        </button>
        {isOn && (
          <button
            type="button"
            className="plain"
            disabled={isBusy}
            onClick={() => protect(null)}
            data-testid="decrypt"
          >
            Turn encryption off
          </button>
        )}
      </div>
      <p className="hint" role="status" data-testid="encryption-said">
        {said || (passphrase === '' ? '' : (problem ?? ''))}
      </p>
    </form>
  )
}
