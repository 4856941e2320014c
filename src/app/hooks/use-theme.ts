import { useSyncExternalStore } from 'react'

export type Theme = 'system' | 'light' | 'dark'

const STORAGE_KEY = 'backfold-theme'
const NEXT: Readonly<Record<Theme, Theme>> = { system: 'light', light: 'dark', dark: 'system' }

let chosen: Theme | undefined
const listeners = new Set<() => void>()

/** The page's theme, remembered in this browser; `next` goes round system, light, dark. */
export function useTheme(): {
  readonly theme: Theme
  readonly next: () => void
  readonly set: (theme: Theme) => void
} {
  const theme = useSyncExternalStore(subscribe, currentTheme)
  return { theme, next: () => setTheme(NEXT[theme]), set: setTheme }
}

/** Gives the page the theme that was chosen before, at once and not only when something draws it. */
export function applyTheme(): void {
  document.documentElement.dataset['theme'] = currentTheme()
}

function setTheme(theme: Theme): void {
  chosen = theme
  applyTheme()
  try {
    localStorage.setItem(STORAGE_KEY, theme)
  } catch {
    // Without storage the choice lasts as long as the page.
  }
  for (const listener of listeners) listener()
}

function currentTheme(): Theme {
  chosen ??= readTheme()
  return chosen
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener)
  return () => void listeners.delete(listener)
}

function readTheme(): Theme {
  try {
    const stored = localStorage.getItem(STORAGE_KEY)
    return stored === 'light' || stored === 'dark' ? stored : 'system'
  } catch {
    return 'system'
  }
}
