import type { ReactElement } from 'react'
import { useEffect, useState } from 'react'
import { shortTokens } from '../view/token-format.ts'

interface BudgetControlProps {
  readonly budget: number
  readonly onChange: (tokens: number) => void
}

const PRESETS = [8_000, 16_000, 32_000, 64_000, 128_000]
const LEAST = 1_000
const MOST = 10_000_000

export function BudgetControl({ budget, onChange }: BudgetControlProps): ReactElement {
  const [typed, setTyped] = useState(String(budget))
  useEffect(() => setTyped(String(budget)), [budget])
  const commit = (): void => {
    const tokens = Math.round(Number(typed))
    if (Number.isFinite(tokens) && tokens >= LEAST && tokens <= MOST) {
      if (tokens !== budget) onChange(tokens)
    } else setTyped(String(budget))
  }
  return (
    <div className="budget-row">
      <label>
        Budget
        <input
          type="number"
          inputMode="numeric"
          min={LEAST}
          max={MOST}
          step={1_000}
          value={typed}
          onChange={(event) => setTyped(event.target.value)}
          onBlur={commit}
          onKeyDown={(event) => event.key === 'Enter' && commit()}
          aria-label="Budget in tokens"
          data-testid="budget"
        />
      </label>
      <div className="presets" role="group" aria-label="Usual budgets">
        {PRESETS.map((preset) => (
          <button
            key={preset}
            type="button"
            aria-pressed={preset === budget}
            onClick={() => onChange(preset)}
          >
            {shortTokens(preset)}
          </button>
        ))}
      </div>
    </div>
  )
}
