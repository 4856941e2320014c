import type { ReactElement } from 'react'

interface SecretFieldProps {
  readonly label: string
  /** Stands beside the label; empty for none. */
  readonly hint: string
  readonly value: string
  readonly onChange: (value: string) => void
  readonly testId: string
}

/** A field that browsers and their helpers neither show, fill in nor remember. */
export function SecretField(props: SecretFieldProps): ReactElement {
  const { label, hint, value, onChange, testId } = props
  return (
    <label>
      <span>
        {label} {hint !== '' && <span className="hint">{hint}</span>}
      </span>
      <input
        type="password"
        value={value}
        onChange={({ target }) => onChange(target.value)}
        autoComplete="off"
        data-1p-ignore=""
        data-lpignore="true"
        spellCheck={false}
        data-testid={testId}
      />
    </label>
  )
}
