import type { ReactElement, ReactNode } from 'react'
import { useTheme } from '../hooks/use-theme.ts'
import { Icon } from './icon.tsx'
import { Wordmark } from './wordmark.tsx'

interface AppHeaderProps {
  readonly title: string | null
  /** A session whose file is being read. */
  readonly reading: string | null
  readonly onChoose: () => void
  /** What leads away from here. */
  readonly menu?: ReactNode
}

const THEME_ICONS = { system: 'half', light: 'sun', dark: 'moon' } as const

export function AppHeader({ title, reading, onChoose, menu }: AppHeaderProps): ReactElement {
  const { theme, next } = useTheme()
  return (
    <header className="app-header">
      {menu}
      <h1 className="wordmark">
        <Wordmark />
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
