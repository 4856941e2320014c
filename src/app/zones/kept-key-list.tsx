import type { ReactElement } from 'react'
import { useState } from 'react'
import type { KeptKey, KeptKeys } from '../run/kept-keys.ts'
import type { SummariserLadder } from '../run/summariser-ladder.ts'
import { kindName } from '../view/step-words.ts'
import { SecretField } from './secret-field.tsx'

interface KeptKeyListProps {
  readonly kept: readonly KeptKey[]
  readonly keptKeys: KeptKeys
  readonly ladder: SummariserLadder
  /** Something was unlocked or forgotten. */
  readonly onChange: (said: string) => void
}

/** Steps that are kept with their keys, which only their passphrases open. */
export function KeptKeyList({ kept, ...rest }: KeptKeyListProps): ReactElement {
  return (
    <section className="memory-group" aria-label="Kept on this device">
      <h3>Kept on this device, encrypted</h3>
      <ul>
        {kept.map((one) => (
          <KeptKeyItem key={one.id} kept={one} {...rest} />
        ))}
      </ul>
    </section>
  )
}

interface KeptKeyItemProps extends Omit<KeptKeyListProps, 'kept'> {
  readonly kept: KeptKey
}

function KeptKeyItem({ kept, keptKeys, ladder, onChange }: KeptKeyItemProps): ReactElement {
  const [passphrase, setPassphrase] = useState('')
  const [problem, setProblem] = useState<string | null>(null)
  const [isBusy, setBusy] = useState(false)
  const { kind, model, baseUrl } = kept.choice
  const unlock = async (): Promise<void> => {
    setProblem(null)
    setBusy(true)
    const opened = await keptKeys.unlock(kept.id, passphrase)
    const refused = opened.kind === 'opened' ? await ladder.add(opened.choice) : null
    setBusy(false)
    if (opened.kind === 'wrong-passphrase')
      setProblem('That is not the passphrase, or what was kept is damaged.')
    else if (opened.kind === 'unreadable')
      setProblem(
        `What was kept can’t be read: ${opened.reason}. Forget it and enter the key again.`,
      )
    else if (refused !== null) setProblem(`${refused.message}. ${refused.advice}`)
    else {
      setPassphrase('')
      onChange(`${model} is unlocked and added.`)
    }
  }
  return (
    <li className="memory-item" data-testid="kept-key">
      <p>
        {kindName(kind)}, {model}
        {baseUrl !== undefined && <span className="hint"> {baseUrl}</span>}
      </p>
      <form
        className="kept-form"
        autoComplete="off"
        aria-label={`Unlock ${model}`}
        onSubmit={(event) => {
          event.preventDefault()
          void unlock()
        }}
      >
        <SecretField
          label="Passphrase"
          hint=""
          value={passphrase}
          onChange={setPassphrase}
          testId="kept-passphrase"
        />
        <button
          type="submit"
          className="plain"
          disabled={isBusy || passphrase === ''}
          data-testid="kept-unlock"
        >
          {isBusy ? 'Unlocking…' : 'Unlock and add'}
        </button>
        <button
          type="button"
          className="plain"
          onClick={() => {
            keptKeys.forget(kept.id)
            onChange(`The key of ${model} is forgotten.`)
          }}
        >
          Forget
        </button>
      </form>
      {problem !== null && (
        <p className="failed" role="alert" data-testid="kept-problem">
          {problem}
        </p>
      )}
    </li>
  )
}
