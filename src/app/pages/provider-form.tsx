import type { ReactElement, SubmitEvent } from 'react'
import { useState } from 'react'
import { PROTOCOLS, type Provider } from '../keep/app-settings.ts'
import type { ProviderKeys } from '../keep/provider-keys.ts'
import { KNOWN_BASE_URLS } from '../../widget/chat/ask/endpoint.ts'
import { SecretField } from '../zones/secret-field.tsx'

interface ProviderFormProps {
  readonly provider: Provider
  readonly keys: ProviderKeys
  readonly onChange: (provider: Provider) => void
}

const PROTOCOL_NAMES = {
  openai: 'OpenAI and compatible',
  anthropic: 'Anthropic',
  gemini: 'Gemini',
  ollama: 'Ollama',
} as const

/** Where answers come from. What is entered counts at once; the key stays in memory unless it is kept encrypted. */
export function ProviderForm({ provider, keys, onChange }: ProviderFormProps): ReactElement {
  const [key, setKey] = useState(() => keys.get(provider))
  const set = (patch: Partial<Provider>): void => {
    const next = { ...provider, ...patch }
    onChange(next)
    setKey(keys.get(next))
  }
  return (
    <div className="form" data-testid="provider-form">
      <label>
        Protocol
        <select
          value={provider.protocol}
          onChange={({ target }) =>
            set({ protocol: PROTOCOLS.find((one) => one === target.value) ?? 'openai' })
          }
        >
          {PROTOCOLS.map((protocol) => (
            <option key={protocol} value={protocol}>
              {PROTOCOL_NAMES[protocol]}
            </option>
          ))}
        </select>
      </label>
      <label>
        Base URL
        <input
          type="url"
          list="known-urls"
          placeholder="https://api.example.org/v1"
          value={provider.baseUrl}
          onChange={({ target }) => set({ baseUrl: target.value })}
          dir="ltr"
          data-testid="provider-url"
        />
        <KnownUrls />
      </label>
      <label>
        Model
        <input
          value={provider.model}
          onChange={({ target }) => set({ model: target.value })}
          spellCheck={false}
          dir="ltr"
          data-testid="provider-model"
        />
      </label>
      <label>
        System prompt
        <textarea
          rows={3}
          value={provider.system}
          dir="auto"
          onChange={({ target }) => set({ system: target.value })}
          data-testid="provider-system"
        />
      </label>
      <SecretField
        label="Key"
        hint="in memory only, gone with this page"
        value={key}
        onChange={(typed) => {
          setKey(typed)
          keys.set(provider, typed)
        }}
        testId="provider-key"
      />
      <KeepKey provider={provider} keys={keys} onOpened={() => setKey(keys.get(provider))} />
    </div>
  )
}

function KnownUrls(): ReactElement {
  return (
    <datalist id="known-urls">
      {KNOWN_BASE_URLS.map(({ name, url }) => (
        <option key={url} value={url}>
          {name}
        </option>
      ))}
    </datalist>
  )
}

/** Keeps the key of a provider encrypted, unlocks the one that is kept, or forgets it. */
function KeepKey({
  provider,
  keys,
  onOpened,
}: {
  readonly provider: Provider
  readonly keys: ProviderKeys
  readonly onOpened: () => void
}): ReactElement {
  const [passphrase, setPassphrase] = useState('')
  const [said, setSaid] = useState('')
  const isKept = keys.isKept(provider)
  const hasKey = keys.get(provider) !== ''
  const submit = async (): Promise<void> => {
    if (isKept && !hasKey) {
      const problem = await keys.unlock(provider, passphrase)
      setSaid(problem ?? 'The key is unlocked until this page is left.')
      if (problem === null) onOpened()
    } else {
      await keys.keep(provider, passphrase)
      setSaid('The key is kept on this device, encrypted.')
    }
    setPassphrase('')
  }
  return (
    <form
      className="inline-form"
      autoComplete="off"
      onSubmit={(event: SubmitEvent) => {
        event.preventDefault()
        void submit().catch((failure: unknown) => setSaid(String(failure)))
      }}
    >
      <SecretField
        label={isKept && !hasKey ? 'Passphrase of the kept key' : 'Passphrase to keep the key'}
        hint=""
        value={passphrase}
        onChange={setPassphrase}
        testId="provider-passphrase"
      />
      <button
        type="submit"
        className="plain"
        disabled={passphrase === '' || (!hasKey && !isKept) || provider.model === ''}
      >
        {isKept && !hasKey ? 'Unlock the key' : 'Keep encrypted'}
      </button>
      {isKept && (
        <button
          type="button"
          className="plain"
          onClick={() => {
            keys.forget(provider)
            setSaid('The kept key is forgotten.')
          }}
        >
          Forget it
        </button>
      )}
      <p className="hint" role="status">
        {said}
      </p>
    </form>
  )
}
