import { plainName } from './plain-name.ts'

/** A link that may be followed. */
export interface JudgedLink {
  readonly href: string
  /** Where it leads, to be said beside a text that names another place or none that can be told; null if not needed. */
  readonly host: string | null
}

const MAX_HREF = 4_000
const SCHEMES: readonly string[] = ['http:', 'https:', 'mailto:']
const HOST_IN_TEXT =
  /(?:^|[\s("'<[/@])((?:[\p{L}\p{N}-]{1,63}\.){1,8}\p{L}{2,24})(?=$|[\s/:?#)"'>,.\]])/gu

/**
 * Judges where a link of somebody else's leads; null where it may not be one. Only whole addresses of the web and mail
 * count: what is relative would lead into the host's own site.
 *
 * @see SPEC.md rule MDV8
 */
export function judgeLink(href: string, text: string): JudgedLink | null {
  if (href.length > MAX_HREF || !/^(?:https?:\/\/|mailto:)/i.test(href)) return null
  let url: URL
  try {
    url = new URL(href)
  } catch {
    return null
  }
  if (!SCHEMES.includes(url.protocol)) return null
  if (url.protocol === 'mailto:') return { href: url.href, host: null }
  const isPosing = url.username !== '' || url.password !== '' || url.hostname.includes('xn--')
  return { href: url.href, host: isPosing || namesAnother(text, url.hostname) ? url.host : null }
}

/** Whether a text reads like the address of another host. */
function namesAnother(text: string, hostname: string): boolean {
  const names = plainName(text, 500).matchAll(HOST_IN_TEXT)
  for (const [, name = ''] of names) {
    if (bare(name) !== bare(hostname)) return true
  }
  return false
}

function bare(host: string): string {
  return host.toLowerCase().replace(/^www\./, '')
}
