import {
  USUAL_SETTINGS,
  USUAL_SITE,
  type ExtensionSettings,
  type SiteSettings,
} from './extension-settings.ts'

/** Sites, windows of one site, and names of summarisers that are read; what is beyond is left out. */
const MOST_SITES = 1_000
const MOST_WINDOWS = 200
const MOST_NAMES = 50
const MOST_NAME_LENGTH = 200
/** Bounds of a window, in tokens. */
const WINDOW_TOKENS = { least: 500, most: 100_000_000 }

type Fields = Readonly<Record<string, unknown>>

/**
 * Settings from whatever is stored: field by field, each with its usual value where it makes no sense.
 *
 * @see SPEC.md rule GRANT1
 */
export function readSettings(stored: unknown): ExtensionSettings {
  const { sites, thresholds, isPaused, isIntroduced } = fieldsOf(stored)
  const { warn, urgent } = fieldsOf(thresholds)
  const told = {
    warn: shareOf(warn) ?? USUAL_SETTINGS.thresholds.warn,
    urgent: shareOf(urgent) ?? USUAL_SETTINGS.thresholds.urgent,
  }
  return {
    sites: readSites(sites),
    thresholds: told.warn <= told.urgent ? told : USUAL_SETTINGS.thresholds,
    isPaused: isPaused === true,
    isIntroduced: isIntroduced === true,
  }
}

/** What holds on a site: nothing is done on one that nobody enabled. @see SPEC.md rule GRANT2 */
export function siteSettingsOf(settings: ExtensionSettings, origin: string): SiteSettings {
  return Object.hasOwn(settings.sites, origin)
    ? (settings.sites[origin] ?? NOT_ENABLED)
    : NOT_ENABLED
}

/** A site's settings, each field with its usual value where it makes no sense. */
export function readSite(stored: unknown): SiteSettings {
  const site = fieldsOf(stored)
  const { x, y } = fieldsOf(site['pillAt'])
  const at = { x: shareOf(x), y: shareOf(y) }
  return {
    isOn: flagOf(site['isOn'], USUAL_SITE.isOn),
    rewrites: flagOf(site['rewrites'], USUAL_SITE.rewrites),
    rescues: flagOf(site['rescues'], USUAL_SITE.rescues),
    archives: flagOf(site['archives'], USUAL_SITE.archives),
    pill: flagOf(site['pill'], USUAL_SITE.pill),
    pillAt: at.x === null || at.y === null ? USUAL_SITE.pillAt : { x: at.x, y: at.y },
    windows: readWindows(site['windows']),
    summarisers: readNames(site['summarisers']),
  }
}

/** The origin of a web page that may be enabled, in the form that browsers give; null for anything else. */
export function readOrigin(text: string): string | null {
  if (text.length > 1_000 || !URL.canParse(text)) return null
  const { protocol, origin } = new URL(text)
  return protocol === 'https:' || protocol === 'http:' ? origin : null
}

const NOT_ENABLED: SiteSettings = { ...USUAL_SITE, isOn: false }

function readSites(stored: unknown): ExtensionSettings['sites'] {
  const sites: Record<string, SiteSettings> = {}
  for (const [origin, site] of Object.entries(fieldsOf(stored)).slice(0, MOST_SITES)) {
    if (readOrigin(origin) === origin) sites[origin] = readSite(site)
  }
  return sites
}

function readWindows(stored: unknown): SiteSettings['windows'] {
  const windows = new Map<string, number>()
  for (const [model, tokens] of Object.entries(fieldsOf(stored)).slice(0, MOST_WINDOWS)) {
    if (model.length > MOST_NAME_LENGTH || !Number.isSafeInteger(tokens)) continue
    const count = tokens as number
    if (count >= WINDOW_TOKENS.least && count <= WINDOW_TOKENS.most) windows.set(model, count)
  }
  return Object.fromEntries(windows)
}

function readNames(stored: unknown): SiteSettings['summarisers'] {
  if (!Array.isArray(stored)) return 'all'
  return stored
    .slice(0, MOST_NAMES)
    .filter((name): name is string => typeof name === 'string' && name.length <= MOST_NAME_LENGTH)
}

function flagOf(value: unknown, usual: boolean): boolean {
  return typeof value === 'boolean' ? value : usual
}

function shareOf(value: unknown): number | null {
  return typeof value === 'number' && value >= 0 && value <= 1 ? value : null
}

function fieldsOf(value: unknown): Fields {
  return typeof value === 'object' && value !== null ? (value as Fields) : {}
}
