import { plainName } from './plain-name.ts'

/**
 * From where images of messages are loaded: from nowhere (`none` as long as no person asks for one, `never` where the
 * page's policy would refuse even that), from this site, from everywhere, or from these hosts.
 */
export type AllowImages = 'none' | 'never' | 'same-origin' | 'all' | readonly string[]

export type JudgedImage =
  | { readonly kind: 'draw'; readonly url: string }
  /** Not loaded before a person wants it. */
  | { readonly kind: 'ask'; readonly url: string; readonly host: string }
  | { readonly kind: 'none' }

const OWN = /^data:image\/(?:png|jpe?g|gif|webp|avif|bmp|svg\+xml)[;,]/i
const MAX_URL = 4_000

/**
 * Judges whether an image may be loaded: the address of one can carry out what was said.
 *
 * @param origin - This page's, such as `https://example.org`.
 * @see SPEC.md rule MDV9
 */
export function judgeImage(address: string, allow: AllowImages, origin: string): JudgedImage {
  if (OWN.test(address) || address.startsWith('blob:')) return { kind: 'draw', url: address }
  if (address.length > MAX_URL || !/^https?:\/\//i.test(address)) return { kind: 'none' }
  let url: URL
  try {
    url = new URL(address)
  } catch {
    return { kind: 'none' }
  }
  if (url.protocol !== 'http:' && url.protocol !== 'https:') return { kind: 'none' }
  return isAllowed(url, allow, origin)
    ? { kind: 'draw', url: url.href }
    : { kind: 'ask', url: url.href, host: plainName(url.host) }
}

function isAllowed(url: URL, allow: AllowImages, origin: string): boolean {
  if (allow === 'none' || allow === 'never') return false
  if (allow === 'all') return true
  if (allow === 'same-origin') return url.origin === origin
  return allow.includes(url.host) || allow.includes(url.hostname)
}
