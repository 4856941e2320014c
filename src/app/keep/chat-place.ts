/** Name of the host's text that says where an archived chat lives. */
const CHAT_KEY = 'chat'

/** Where a chat lives that is only archived here. */
export interface ChatPlace {
  /** Origin of its site, such as `https://chatgpt.com`. */
  readonly origin: string
  /** Host name, for people. */
  readonly name: string
  /** Address of the chat there; null where it is not known, or is none of that site. */
  readonly url: string | null
}

/**
 * Where a session is gone on with, if not here. Total: what is damaged, or names no page of the web, says nothing.
 *
 * @see SPEC.md rule KEEP32
 */
export function readChatPlace(host: Readonly<Record<string, string>>): ChatPlace | undefined {
  const text = Object.hasOwn(host, CHAT_KEY) ? host[CHAT_KEY] : undefined
  if (text === undefined) return undefined
  try {
    const { origin, url } = JSON.parse(text) as {
      readonly origin?: unknown
      readonly url?: unknown
    }
    const site = readPage(origin)
    if (site === null) return undefined
    const page = readPage(url)
    return {
      origin: site.origin,
      name: site.host,
      url: page?.origin === site.origin ? page.href : null,
    }
  } catch {
    return undefined
  }
}

function readPage(address: unknown): URL | null {
  if (typeof address !== 'string' || !URL.canParse(address)) return null
  const url = new URL(address)
  return url.protocol === 'https:' || url.protocol === 'http:' ? url : null
}
