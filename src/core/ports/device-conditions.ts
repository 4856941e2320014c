/** How warm or busy the device says it is, as the Compute Pressure API names it. */
export const PRESSURES = ['nominal', 'fair', 'serious', 'critical'] as const

export type Pressure = (typeof PRESSURES)[number]

/** What is known of the device now. What a browser does not tell is missing, and holds nothing up. */
export interface DeviceState {
  /** No page of this tab can be seen. */
  readonly isHidden?: boolean
  readonly battery?: {
    /** 0 for empty to 1 for full. */
    readonly level: number
    readonly isCharging: boolean
  }
  /** The person asked for less traffic. */
  readonly savesData?: boolean
  /** The network is paid for by use, such as a mobile one. */
  readonly isMetered?: boolean
  readonly isOnline?: boolean
  readonly pressure?: Pressure
}

/** What a device tells of itself, as a port so that a simulation can own it. */
export interface DeviceConditions {
  current(): DeviceState
  /** Calls back after every change; returns the way to stop. */
  watch(listener: () => void): () => void
}
