import { IDLE_MINUTES } from './idle-lock.ts'

/** Where answers come from, without a key. */
export interface Provider {
  readonly protocol: Protocol
  readonly baseUrl: string
  readonly model: string
  readonly system: string
}

export const PROTOCOLS = ['openai', 'anthropic', 'gemini', 'ollama'] as const

export type Protocol = (typeof PROTOCOLS)[number]

export const NO_PROVIDER: Provider = { protocol: 'openai', baseUrl: '', model: '', system: '' }

/** What holds for the whole app in this browser. No key and no content is in it. */
export interface AppSettings {
  readonly provider: Provider
  /** What chats, dates and numbers are said in; empty for the browser's own. */
  readonly locale: string
  /** Tokens that new sessions start with. */
  readonly budget: number
  /** Minutes without a touch after which it locks; 0 for never. */
  readonly idleMinutes: number
}

export const USUAL_SETTINGS: AppSettings = {
  provider: NO_PROVIDER,
  locale: '',
  budget: 32_000,
  idleMinutes: IDLE_MINUTES.usual,
}

/** Whether there is somebody to ask. */
export function isSetUp({ baseUrl, model }: Provider): boolean {
  return baseUrl.trim() !== '' && model.trim() !== ''
}

/** BCP 47 of what chats and dates are said in. */
export function localeOf({ locale }: Pick<AppSettings, 'locale'>): string {
  return locale === '' ? navigator.language : locale
}

/** Most characters of each text of a provider. */
const MOST = { baseUrl: 2_000, model: 300, system: 20_000 }

/**
 * Settings from what was stored. Total: what is missing, of another kind or out of bounds is as usual.
 *
 * @see SPEC.md rule KEEP9
 */
export function readSettings(text: string | null): AppSettings {
  const { provider, locale, budget, idleMinutes } = fieldsOf(parse(text))
  return {
    provider: readProvider(provider),
    locale: readLocale(locale),
    budget: within(budget, 1_000, 100_000_000, USUAL_SETTINGS.budget),
    idleMinutes: within(idleMinutes, 0, IDLE_MINUTES.most, USUAL_SETTINGS.idleMinutes),
  }
}

/** A session's own provider from the text kept with it; undefined if it has none. @see SPEC.md rule KEEP10 */
export function parseProvider(text: string | undefined): Provider | undefined {
  return text === undefined ? undefined : readProvider(parse(text))
}

function readProvider(value: unknown): Provider {
  const { protocol, baseUrl, model, system } = fieldsOf(value)
  return {
    protocol: PROTOCOLS.find((known) => known === protocol) ?? NO_PROVIDER.protocol,
    baseUrl: text(baseUrl, MOST.baseUrl),
    model: text(model, MOST.model),
    system: text(system, MOST.system),
  }
}

function readLocale(value: unknown): string {
  if (typeof value !== 'string' || value === '') return ''
  try {
    return Intl.getCanonicalLocales(value)[0] ?? ''
  } catch {
    return ''
  }
}

function within(value: unknown, least: number, most: number, usual: number): number {
  return typeof value === 'number' && value >= least && value <= most ? Math.round(value) : usual
}

function text(value: unknown, most: number): string {
  return typeof value === 'string' ? value.slice(0, most) : ''
}

function parse(stored: string | null): unknown {
  try {
    return JSON.parse(stored ?? 'null')
  } catch {
    return null
  }
}

function fieldsOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {}
}
