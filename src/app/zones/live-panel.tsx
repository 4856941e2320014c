import type { ReactElement } from 'react'
import { useState } from 'react'
import type { Endpoint } from '../../widget/chat/ask/endpoint.ts'
import { completionsUrl, KNOWN_BASE_URLS } from '../../widget/chat/ask/endpoint.ts'
import { Icon } from './icon.tsx'

interface LivePanelProps {
  readonly endpoint: Endpoint
  readonly on: boolean
  readonly onChange: (endpoint: Endpoint, on: boolean) => void
  readonly onClose: () => void
}

/** Sets up live mode. Nothing typed here is ever stored. */
export function LivePanel({ endpoint, on, onChange, onClose }: LivePanelProps): ReactElement {
  const [draft, setDraft] = useState(endpoint)
  const [problem, setProblem] = useState<string | null>(null)
  const edit = (patch: Partial<Endpoint>): void => setDraft((before) => ({ ...before, ...patch }))
  return (
    <form
      className="live-panel"
      aria-label="Live mode"
      autoComplete="off"
      data-testid="live-panel"
      onSubmit={(event) => {
        event.preventDefault()
        const target = completionsUrl(draft)
        setProblem(target.ok ? null : target.problem)
        if (!target.ok) return
        onChange(draft, true)
        onClose()
      }}
    >
      <div className="live-head">
        <h2>Live mode</h2>
        <button type="button" className="quiet" onClick={onClose} aria-label="Close live mode">
          <Icon name="close" />
        </button>
      </div>
      <p className="hint">
        Any endpoint that speaks OpenAI’s chat completions. Address, model and key stay in this
        page’s memory and are gone when it closes.
      </p>
      <EndpointFields endpoint={draft} onEdit={edit} />
      {problem !== null && (
        <p className="failed" role="alert">
          {problem}
        </p>
      )}
      <div className="button-row">
        <button type="submit" className="primary" data-testid="live-on">
          {on ? 'Use these' : 'Turn on'}
        </button>
        {on && (
          <button
            type="button"
            className="plain"
            onClick={() => {
              onChange(draft, false)
              onClose()
            }}
          >
            Turn off
          </button>
        )}
      </div>
    </form>
  )
}

interface EndpointFieldsProps {
  readonly endpoint: Endpoint
  readonly onEdit: (patch: Partial<Endpoint>) => void
}

function EndpointFields({ endpoint, onEdit }: EndpointFieldsProps): ReactElement {
  return (
    <>
      <label>
        Base URL
        <input
          type="url"
          value={endpoint.baseUrl}
          onChange={(event) => onEdit({ baseUrl: event.target.value })}
          list="known-base-urls"
          placeholder="http://localhost:11434/v1"
          autoComplete="off"
          spellCheck={false}
          data-testid="live-base-url"
        />
        <datalist id="known-base-urls">
          {KNOWN_BASE_URLS.map(({ name, url }) => (
            <option key={url} value={url}>
              {name}
            </option>
          ))}
        </datalist>
      </label>
      <label>
        Model
        <input
          value={endpoint.model}
          onChange={(event) => onEdit({ model: event.target.value })}
          placeholder="llama3.2"
          autoComplete="off"
          autoCapitalize="off"
          spellCheck={false}
          data-testid="live-model"
        />
      </label>
      <label>
        <span>
          Key <span className="hint">(if it wants one)</span>
        </span>
        <input
          type="password"
          value={endpoint.key}
          onChange={(event) => onEdit({ key: event.target.value })}
          autoComplete="off"
          data-1p-ignore=""
          data-lpignore="true"
          spellCheck={false}
          data-testid="live-key"
        />
      </label>
    </>
  )
}
