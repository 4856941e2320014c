import type { SiteId } from './site.ts'

/** The conversation that an address of a site stands for. */
export interface ConversationPlace {
  /** The site's own id; null where there is none yet, or where it is in the stream only. */
  readonly conversation: string | null
  /** A chat that the site itself does not keep. */
  readonly isTemporary: boolean
}

/** Where the id is in a path, by site. Sources: public adapters and clients, 2026-03 to 2026-10. */
const PATHS: Readonly<Record<SiteId, RegExp>> = {
  // `/c/:id`, `/g/:gizmo/c/:id`; not `/share/:id`.
  chatgpt: /^\/(?:g\/[^/]{1,200}\/)?c\/([\w-]{1,200})\/?$/,
  claude: /^\/chat\/([\w-]{1,200})\/?$/,
  // `/app/:id`, `/u/1/app/:id`, `/gem/:gem/:id`.
  gemini: /^(?:\/u\/\d{1,3})?\/(?:app|gem\/[\w-]{1,200})\/([\w-]{1,200})\/?$/,
  deepseek: /^\/a\/chat\/s\/([\w-]{1,200})\/?$/,
  // `/c/:id`, `/chat/:id` until 2025-10, `/project/:id?chat=:id`.
  grok: /^\/(?:c|chat)\/([\w-]{1,200})\/?$/,
  perplexity: /^\/(?:search|thread)\/([\w.~-]{1,300})\/?$/,
}

/** Parts of the address that say that a chat is not kept: name and value of a search parameter. */
const TEMPORARY: Readonly<Partial<Record<SiteId, readonly (readonly [string, RegExp])[]>>> = {
  chatgpt: [['temporary-chat', /^(?:true|1)?$/]],
  claude: [['incognito', /^(?!false$|0$)/]],
  gemini: [['temporary', /^(?!false$|0$)/]],
  grok: [['private', /^(?!false$|0$)/]],
  perplexity: [['incognito', /^(?!false$|0$)/]],
}

/**
 * The conversation of an address, by its path alone: the host may be any. Total.
 *
 * @param url - Whole address; what is none has no conversation.
 */
export function conversationOf(site: SiteId, url: string): ConversationPlace {
  const place = parseUrl(url)
  if (place === undefined) return { conversation: null, isTemporary: false }
  const isTemporary =
    (TEMPORARY[site] ?? []).some(([name, value]) => {
      const given = place.searchParams.get(name)
      return given !== null && value.test(given)
    }) ||
    (site === 'grok' && place.hash === '#private')
  let conversation = PATHS[site].exec(place.pathname)?.[1] ?? null
  if (site === 'grok' && conversation === null) {
    const chat = place.searchParams.get('chat')
    if (chat !== null && /^[\w-]{1,200}$/.test(chat)) conversation = chat
  }
  // `/search/new` is where a question is being sent.
  if (site === 'perplexity' && conversation === 'new') conversation = null
  return { conversation, isTemporary }
}

function parseUrl(url: string): URL | undefined {
  try {
    return new URL(url.slice(0, 4_000))
  } catch {
    return undefined
  }
}
