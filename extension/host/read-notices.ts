import type { HostRequest } from '../../src/protocol/host-requests.ts'
import type { SiteSettings } from '../settings/extension-settings.ts'
import { SITE_IDS, type AdapterHealth, type ObservedResponse } from '../sites/site.ts'
import type { HostForBridge, PagePlace, ToldWindow } from '../wire/bridge-wire.ts'
import { isWindow } from './window-of.ts'

type Fields = Readonly<Record<string, unknown>>

/** Longest body, answer or response that is taken, in characters. */
const MOST_BODY = 32_000_000
const MOST_URL = 20_000
const MOST_TEXT = 1_000
const STATES = ['ok', 'fallback', 'partial', 'none'] as const

/** Where a page is, from whatever a bridge says. */
export function readPlace(told: unknown): PagePlace | null {
  const { url, title, site, conversation, isTemporary, isTop } = fieldsOf(told)
  if (typeof url !== 'string' || url.length > MOST_URL) return null
  const known = SITE_IDS.find((id) => id === site) ?? null
  return {
    url,
    title: typeof title === 'string' ? title.slice(0, MOST_TEXT) : '',
    site: known,
    conversation: typeof conversation === 'string' ? conversation.slice(0, MOST_TEXT) : null,
    isTemporary: isTemporary === true,
    isTop: isTop === true,
  }
}

export function readHealth(told: unknown): AdapterHealth | null {
  const { state, layer, detail } = fieldsOf(told)
  const known = STATES.find((one) => one === state)
  if (!known) return null
  return { state: known, layer: textOf(layer), detail: textOf(detail) }
}

export function readToldWindow(told: unknown): ToldWindow | null {
  const { server, model, tokens } = fieldsOf(told)
  if (typeof server !== 'string' || typeof model !== 'string' || !isWindow(tokens)) return null
  return { server: server.slice(0, MOST_TEXT), model: model.slice(0, MOST_TEXT), tokens }
}

export function readPill(
  told: HostForBridge['notices']['pill'],
): Pick<SiteSettings, 'pillAt'> | Pick<SiteSettings, 'pill'> | null {
  const { at, isHidden } = fieldsOf(told)
  if (isHidden === true) return { pill: false }
  const { x, y } = fieldsOf(at)
  return isShare(x) && isShare(y) ? { pillAt: { x, y } } : null
}

export function readRequest(told: unknown): HostRequest | null {
  const { url, headerNames, body } = fieldsOf(told)
  const isRead =
    typeof url === 'string' &&
    url.length <= MOST_URL &&
    typeof body === 'string' &&
    body.length <= MOST_BODY &&
    Array.isArray(headerNames) &&
    headerNames.length <= 200 &&
    headerNames.every((name) => typeof name === 'string')
  return isRead ? { url, headerNames, body } : null
}

export function readObserved(told: unknown): ObservedResponse | null {
  const { url, method, request, text } = fieldsOf(told)
  const isRead =
    typeof url === 'string' &&
    url.length <= MOST_URL &&
    typeof method === 'string' &&
    typeof text === 'string' &&
    text.length <= MOST_BODY
  if (!isRead) return null
  return {
    ...{ url, method, text },
    ...(typeof request === 'string' && request.length <= MOST_BODY ? { request } : {}),
  }
}

/** What a plan is named by, and what came back. */
export function readAnswer(
  told: unknown,
): { readonly plan: string; readonly answer: string; readonly status: number } | null {
  const { plan, answer, status } = fieldsOf(told)
  if (typeof plan !== 'string' || typeof answer !== 'string') return null
  if (plan.length > MOST_TEXT || answer.length > MOST_BODY) return null
  return { plan, answer, status: Number.isInteger(status) ? Number(status) : 0 }
}

function isShare(value: unknown): value is number {
  return typeof value === 'number' && value >= 0 && value <= 1
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value.slice(0, MOST_TEXT) : ''
}

function fieldsOf(value: unknown): Fields {
  return typeof value === 'object' && value !== null ? (value as Fields) : {}
}
