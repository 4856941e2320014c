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
  menu: 'M2 4h16v2H2zM2 9h16v2H2zM2 14h16v2H2z',
  plus: 'M9 3h2v6h6v2h-6v6H9v-6H3V9h6z',
  more: 'M3 8h3v4H3zM8.5 8h3v4h-3zM14 8h3v4h-3z',
  lock: 'M6 8V6a4 4 0 0 1 8 0v2h1v9H5V8zM8 8h4V6a2 2 0 0 0-4 0z',
  search: 'M8 2a6 6 0 0 1 4.7 9.7l5 5-1.4 1.4-5-5A6 6 0 1 1 8 2zm0 2a4 4 0 1 0 0 8 4 4 0 0 0 0-8z',
  gear: 'M9 1h2l.4 2.3 1.7.7 1.9-1.3 1.4 1.4L15 6l.7 1.7L18 8v3l-2.3.4-.7 1.7 1.3 1.9-1.4 1.4-1.9-1.3-1.6.6L11 18H9l-.4-2.3-1.7-.7-1.9 1.3-1.4-1.4L5 13l-.7-1.7L2 11V8l2.3-.4L5 6 3.6 4.1 5 2.7 6.9 4l1.7-.7zM10 7a3 3 0 1 0 0 6 3 3 0 0 0 0-6z',
  disk: 'M3 4c0-3 14-3 14 0v12c0 3-14 3-14 0zM5 8v3c2 1.300 8 1.300 10 0V8c-3 1-7 1-10 0z',
  pulse: 'M1 9h4l2-6h1l4 11 2-5h5v2h-4l-3 7h-1L7.500 7 6 11H1z',
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
