import type { ReactElement } from 'react'

const PATHS = {
  play: 'M6 4l10 6-10 6z',
  pause: 'M6 4h3v12H6zM11 4h3v12h-3z',
  step: 'M4 4l8 6-8 6zM13 4h3v12h-3z',
  restart: 'M10 3a7 7 0 1 0 6.7 5h-2.2A5 5 0 1 1 10 5v3l5-4-5-4z',
  pin: 'M7 2h6v2l-1 1v4l3 3v1h-4v5l-1 1-1-1v-5H5v-1l3-3V5L7 4z',
  fold: 'M3 3h14v5l-7 3-7-3zM3 11l7 3 7-3v4l-7 3-7-3z',
  send: 'M2 3l16 7-16 7 2-6 8-1-8-1z',
  stop: 'M5 5h10v10H5z',
  close: 'M5 3.6L10 8.6l5-5L16.4 5l-5 5 5 5-1.4 1.4-5-5-5 5L3.6 15l5-5-5-5z',
  down: 'M4 7l6 6 6-6-1.4-1.4L10 10.2 5.4 5.6z',
  sun: 'M10 6a4 4 0 1 1 0 8 4 4 0 0 1 0-8zM9 0h2v4H9zM9 16h2v4H9zM0 9h4v2H0zM16 9h4v2h-4z',
  moon: 'M8 2a8 8 0 1 0 10 10A7 7 0 0 1 8 2z',
  half: 'M10 2a8 8 0 1 1 0 16zM10 2a8 8 0 0 0 0 16v-2a6 6 0 0 1 0-12z',
  file: 'M4 2h8l4 4v12H4zM11 3v4h4z',
  bolt: 'M11 1L3 12h6l-1 7 9-11h-6z',
} as const

export type IconName = keyof typeof PATHS

/** A picture beside words; never the only name of a control. */
export function Icon({ name }: { readonly name: IconName }): ReactElement {
  return (
    <svg className="icon" viewBox="0 0 20 20" aria-hidden="true" focusable="false">
      <path d={PATHS[name]} fillRule="evenodd" />
    </svg>
  )
}
