import type { ReactElement } from 'react'
import { useState } from 'react'
import { LOCAL_MODELS } from '../../core/models/local-model.ts'
import type { SummariserOptions } from '../../protocol/summariser-options.ts'
import { focusOn } from '../hooks/focus-on.ts'
import type { KeptKeys } from '../run/kept-keys.ts'
import type { Problem } from '../view/error-advice.ts'
import type { StepDraft, StepPreset } from '../view/step-draft.ts'
import { draftOf, isRemote, PRESET_GROUPS, readDraft, STEP_PRESETS } from '../view/step-draft.ts'
import { fileSize, fullTokens } from '../view/token-format.ts'
import { SecretField } from './secret-field.tsx'

interface StepFormProps {
  /** Resolves to what is wrong with the step; null if it stands now. */
  readonly onAdd: (choice: SummariserOptions) => Promise<Problem | null>
  readonly keptKeys: KeptKeys
  readonly onDone: (said: string) => void
  readonly onCancel: () => void
}

const FIRST = STEP_PRESETS[0]

/** Adds a step. What is typed stays in memory, unless its key is to be kept, encrypted. */
export function StepForm({ onAdd, keptKeys, onDone, onCancel }: StepFormProps): ReactElement {
  const [preset, setPreset] = useState<StepPreset | undefined>(FIRST)
  const [draft, setDraft] = useState<StepDraft | null>(FIRST ? draftOf(FIRST) : null)
  const [passphrase, setPassphrase] = useState<string | null>(null)
  const [problem, setProblem] = useState<string | null>(null)
  const [isBusy, setBusy] = useState(false)
  if (preset === undefined || draft === null) return <p className="empty">Nothing can be added.</p>
  const edit = (patch: Partial<StepDraft>): void => setDraft({ ...draft, ...patch })
  const add = async (): Promise<string | null> => {
    const read = readDraft(draft)
    if (!read.ok) return read.problem
    const { choice } = read
    const isKept = passphrase !== null && 'apiKey' in choice
    if (isKept && passphrase === '') return 'Enter a passphrase to keep the key with.'
    const refused = await onAdd(choice)
    if (refused !== null) return `${refused.message}. ${refused.advice}`
    try {
      if (isKept) await keptKeys.keep(choice, passphrase)
      onDone(isKept ? 'The step is added, and its key kept, encrypted.' : 'The step is added.')
    } catch {
      onDone('The step is added, but the browser refused to store its key.')
    }
    return null
  }
  const submit = async (): Promise<void> => {
    if (isBusy) return
    setBusy(true)
    setProblem(null)
    setProblem(await add())
    setBusy(false)
  }
  return (
    <form
      className="step-form"
      aria-label="Add a step"
      autoComplete="off"
      data-testid="step-form"
      onSubmit={(event) => {
        event.preventDefault()
        void submit()
      }}
      onKeyDown={(event) => {
        if (event.key === 'Escape') onCancel()
      }}
    >
      <label>
        Summariser
        <select
          value={preset.key}
          ref={focusOn}
          onChange={({ target }) => {
            const next = STEP_PRESETS.find(({ key }) => key === target.value) ?? preset
            setPreset(next)
            setDraft(draftOf(next))
            setProblem(null)
          }}
          data-testid="step-preset"
        >
          {PRESET_GROUPS.map(([group, presets]) => (
            <optgroup key={group} label={group}>
              {presets.map(({ key, name }) => (
                <option key={key} value={key}>
                  {name}
                </option>
              ))}
            </optgroup>
          ))}
        </select>
      </label>
      {isRemote(draft.kind) ? (
        <RemoteFields
          draft={draft}
          modelHint={preset.modelHint}
          onEdit={edit}
          passphrase={passphrase}
          onPassphrase={setPassphrase}
        />
      ) : (
        <LocalFields draft={draft} onEdit={edit} />
      )}
      {problem !== null && (
        <p className="failed" role="alert" data-testid="step-problem">
          {problem}
        </p>
      )}
      <div className="button-row">
        {/* A button that is disabled loses the focus, and with it the keys of the form. */}
        <button type="submit" className="primary" aria-disabled={isBusy} data-testid="step-submit">
          {isBusy ? 'Adding…' : 'Add'}
        </button>
        <button type="button" className="plain" onClick={onCancel}>
          Cancel
        </button>
      </div>
    </form>
  )
}

interface FieldsProps {
  readonly draft: StepDraft
  readonly onEdit: (patch: Partial<StepDraft>) => void
}

function LocalFields({ draft, onEdit }: FieldsProps): ReactElement {
  if (draft.kind === 'browser-ai')
    return (
      <p className="hint">
        The model that some browsers bring along. Nothing leaves the device, and nothing is
        downloaded until you say so.
      </p>
    )
  return (
    <>
      <label>
        Model
        <select
          value={draft.model}
          onChange={({ target }) => onEdit({ model: target.value })}
          data-testid="step-local-model"
        >
          <option value="">By what this device can hold</option>
          {LOCAL_MODELS.map(({ id, downloadBytes, memoryMb }) => (
            <option key={id} value={id}>
              {id}: {fileSize(downloadBytes)} to download, {fullTokens(memoryMb)} MB of memory
            </option>
          ))}
        </select>
      </label>
      <p className="hint">
        Runs on this device’s graphics unit. Nothing leaves the device, and nothing is downloaded
        until you say so.
      </p>
    </>
  )
}

interface RemoteFieldsProps extends FieldsProps {
  readonly modelHint: string
  /** Null where the key is not to be kept. */
  readonly passphrase: string | null
  readonly onPassphrase: (passphrase: string | null) => void
}

function RemoteFields(props: RemoteFieldsProps): ReactElement {
  const { draft, modelHint, onEdit, passphrase, onPassphrase } = props
  const isVendors = draft.kind !== 'openai-compatible'
  return (
    <>
      <TextField
        label="Base URL"
        hint={isVendors ? '(the service’s own if empty)' : ''}
        type="url"
        value={draft.baseUrl}
        onChange={(baseUrl) => onEdit({ baseUrl })}
        placeholder={isVendors ? '' : 'http://localhost:11434/v1'}
        testId="step-base-url"
      />
      <TextField
        label="Model"
        hint=""
        type="text"
        value={draft.model}
        onChange={(model) => onEdit({ model })}
        placeholder={modelHint}
        testId="step-model"
      />
      <SecretField
        label="Key"
        hint={isVendors ? '' : '(if it wants one)'}
        value={draft.key}
        onChange={(key) => onEdit({ key })}
        testId="step-key"
      />
      <TextField
        label="Window"
        hint="(tokens of question and answer; 8,192 if empty)"
        type="text"
        value={draft.window}
        onChange={(window) => onEdit({ window })}
        placeholder="8,192"
        testId="step-window"
      />
      <KeepKey
        isPossible={draft.key.trim() !== ''}
        passphrase={passphrase}
        onPassphrase={onPassphrase}
      />
      <p className="hint">
        The key stays in this page’s memory and is gone when it closes, unless you keep it.
      </p>
    </>
  )
}

interface KeepKeyProps extends Pick<RemoteFieldsProps, 'passphrase' | 'onPassphrase'> {
  readonly isPossible: boolean
}

function KeepKey({ isPossible, passphrase, onPassphrase }: KeepKeyProps): ReactElement {
  return (
    <>
      <label className="check-label">
        <input
          type="checkbox"
          checked={passphrase !== null}
          disabled={!isPossible}
          onChange={({ target }) => onPassphrase(target.checked ? '' : null)}
          data-testid="step-keep"
        />
        Keep the key on this device, encrypted
      </label>
      {passphrase !== null && (
        <SecretField
          label="Passphrase"
          hint="(nobody can restore it)"
          value={passphrase}
          onChange={onPassphrase}
          testId="step-passphrase"
        />
      )}
    </>
  )
}

interface TextFieldProps {
  readonly label: string
  readonly hint: string
  readonly type: 'text' | 'url'
  readonly value: string
  readonly onChange: (value: string) => void
  readonly placeholder: string
  readonly testId: string
}

function TextField(props: TextFieldProps): ReactElement {
  const { label, hint, type, value, onChange, placeholder, testId } = props
  return (
    <label>
      <span>
        {label} {hint !== '' && <span className="hint">{hint}</span>}
      </span>
      <input
        type={type}
        value={value}
        onChange={({ target }) => onChange(target.value)}
        placeholder={placeholder}
        autoComplete="off"
        autoCapitalize="off"
        spellCheck={false}
        data-testid={testId}
      />
    </label>
  )
}
