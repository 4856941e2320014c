import type { ReactElement } from 'react'

const PATHS = {
  copy: 'M9 9h10v11H9zM5 15V4h10',
  check: 'M5 12.5l4.5 4.5L19 7.5',
  edit: 'M4 20h4L19 9l-4-4L4 16zM13 7l4 4',
  regenerate: 'M20 11a8 8 0 1 0-2.3 6.3M20 5v6h-6',
  up: 'M7 11v9H4v-9zM7 11l4-8c1.5 0 2.5 1 2.5 2.5L13 9h6l-1.5 11H7',
  down: 'M7 13V4H4v9zM7 13l4 8c1.5 0 2.5-1 2.5-2.5L13 15h6L17.5 4H7',
  pin: 'M9 4h6l-1 6 4 4H6l4-4zM12 14v6',
  more: 'M6 12h.01M12 12h.01M18 12h.01',
  remove: 'M6 6l12 12M18 6L6 18',
  end: 'M12 5v14M6 13l6 6 6-6',
  fold: 'M4 6h16M4 18h16M8 12h8',
  branch: 'M6 4v16M6 10c8 0 12 2 12 10',
  file: 'M6 3h8l4 4v14H6zM14 3v4h4',
  image: 'M4 5h16v14H4zM4 16l5-5 4 4 3-3 4 4',
  tool: 'M14.5 6.5a4 4 0 0 0-5 5L4 17l3 3 5.5-5.5a4 4 0 0 0 5-5L15 12l-3-3z',
  thought: 'M12 4a6 6 0 0 0-4 10.5V18h8v-3.5A6 6 0 0 0 12 4zM9.5 21h5',
  wait: 'M12 7v5l3 2M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18',
  alert: 'M12 4l9 16H3zM12 10v4M12 17h.01',
} as const

export type IconName = keyof typeof PATHS

/** A sign beside words that say the same: nothing for screen readers. */
export function Icon({ name }: { readonly name: IconName }): ReactElement {
  return (
    <svg
      className="bf-icon"
      data-icon={name}
      viewBox="0 0 24 24"
      aria-hidden="true"
      focusable="false"
    >
      <path d={PATHS[name]} />
    </svg>
  )
}
