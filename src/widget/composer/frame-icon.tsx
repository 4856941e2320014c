import type { ReactElement } from 'react'

const PATHS = {
  attach:
    'M20 11.5l-8.5 8.5a5 5 0 0 1-7-7L13 4.500a3.400 3.400 0 0 1 4.800 4.800L9.500 17.500a1.700 1.700 0 0 1-2.400-2.400L14.500 7.500',
  send: 'M12 19V5M5 12l7-7 7 7',
  stop: 'M7 7h10v10H7z',
  remove: 'M6 6l12 12M18 6L6 18',
  context: 'M4 6h16M4 12h16M4 18h10',
  fold: 'M4 5h16M4 19h16M12 8v3M12 16v-3M9 11h6M9 13h6',
  plus: 'M12 5v14M5 12h14',
  chat: 'M4 5h16v11H9l-5 4z',
} as const

export type FrameIconName = keyof typeof PATHS

/** A sign beside words that say the same: nothing for screen readers. */
export function FrameIcon({ name }: { readonly name: FrameIconName }): ReactElement {
  return (
    <svg className="bfw-icon" viewBox="0 0 24 24" aria-hidden="true" focusable="false">
      <path d={PATHS[name]} />
    </svg>
  )
}
