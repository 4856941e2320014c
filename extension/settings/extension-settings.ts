/** What holds on one site. */
export interface SiteSettings {
  /** Whether anything is done there; off leaves the page as it is. */
  readonly isOn: boolean
  /** Whether requests with whole histories are folded. */
  readonly rewrites: boolean
  /** Whether a request that is refused as too long is folded harder and sent once more. */
  readonly rescues: boolean
  /** Whether conversations are kept in the archive. */
  readonly archives: boolean
  /** Whether the pill is on the page. */
  readonly pill: boolean
  /** Where the pill is: shares of the free space from the left and from the top, 0 to 1. */
  readonly pillAt: { readonly x: number; readonly y: number }
  /** Windows in tokens that a person set, by model; `''` is for every other model. */
  readonly windows: Readonly<Record<string, number>>
  /** Which summarisers may be asked here: all, or those of these names; the built-in always is. */
  readonly summarisers: 'all' | readonly string[]
}

/** Everything a person can set. Keys of providers are kept apart from it. */
export interface ExtensionSettings {
  /** By origin, such as `https://chatgpt.com`. */
  readonly sites: Readonly<Record<string, SiteSettings>>
  /** Shares of the window at which the gauge turns, 0 to 1. */
  readonly thresholds: { readonly warn: number; readonly urgent: number }
  /** Stops everything everywhere, without forgetting anything. */
  readonly isPaused: boolean
  /** Whether the three steps of the first run were seen. */
  readonly isIntroduced: boolean
}

export const USUAL_SITE: SiteSettings = {
  isOn: true,
  rewrites: true,
  rescues: true,
  archives: true,
  pill: true,
  pillAt: { x: 1, y: 0.5 },
  windows: {},
  summarisers: 'all',
}

export const USUAL_SETTINGS: ExtensionSettings = {
  sites: {},
  thresholds: { warn: 0.7, urgent: 0.9 },
  isPaused: false,
  isIntroduced: false,
}
