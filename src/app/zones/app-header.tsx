import type { ReactElement } from 'react'
import { useTheme } from '../hooks/use-theme.ts'
import { Icon } from './icon.tsx'

interface AppHeaderProps {
  readonly title: string | null
  /** A session whose file is being read. */
  readonly reading: string | null
  readonly onChoose: () => void
}

const THEME_ICONS = { system: 'half', light: 'sun', dark: 'moon' } as const

export function AppHeader({ title, reading, onChoose }: AppHeaderProps): ReactElement {
  const { theme, next } = useTheme()
  return (
    <header className="app-header">
      <h1 className="wordmark">
        <svg viewBox="0 0 24 26" aria-hidden="true" focusable="false">
          <path className="mark-sheet" d="M2 1h13l7 7v5H2z" />
          <path className="mark-ear" d="M15 1l7 7h-7z" />
          <path className="mark-fold" d="M2 15h20v5l-10 5-10-5z" />
        </svg>
        Backfold
      </h1>
      <button
        type="button"
        className="session-button"
        onClick={onChoose}
        data-testid="choose-session"
      >
        <span className="session-button-label">Session</span>
        <span className="session-button-title">
          {reading === null ? (title ?? 'Choose a session') : `Reading ${reading} …`}
        </span>
        <Icon name="down" />
      </button>
      <button type="button" className="quiet" onClick={next} aria-label={`Theme: ${theme}`}>
        <Icon name={THEME_ICONS[theme]} />
        <span className="wide-only">{theme}</span>
      </button>
    </header>
  )
}
