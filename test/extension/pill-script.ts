import { createPill } from '../../extension/bridge/pill/create-pill.ts'
import type { GaugeState } from '../../extension/wire/bridge-wire.ts'

/** What a test has the pill do. */
export interface PillOrder {
  readonly gauge?: GaugeState | null
  readonly at?: { readonly x: number; readonly y: number }
  readonly isShown?: boolean
  readonly canOpen?: boolean
  readonly remove?: true
}

let pill: ReturnType<typeof createPill> | undefined

const say = (what: unknown): void => {
  document.dispatchEvent(new CustomEvent('test:said', { detail: JSON.stringify(what) }))
}

/** A content script with the pill alone, told what to do and telling what was done to it by events of the page. */
document.addEventListener('test:pill', (event) => {
  const order = JSON.parse((event as CustomEvent<string>).detail) as PillOrder
  pill ??= createPill({
    document,
    onOpen: () => say({ opened: navigator.userActivation.isActive }),
    onMove: (moved) => say({ moved }),
    onHide: () => say({ hidden: true }),
    canOpen: order.canOpen ?? true,
  })
  if (order.remove) {
    pill.remove()
    pill = undefined
    return
  }
  const { gauge = null, at = { x: 1, y: 0.5 }, isShown = true } = order
  pill.show(gauge, { pill: isShown, pillAt: at })
})
