import { readOrigin } from '../settings/read-settings.ts'

/** Who sent a message or opened a port, as the browser tells it. */
export interface Sender {
  readonly id?: string | undefined
  readonly url?: string | undefined
  readonly origin?: string | undefined
  readonly frameId?: number | undefined
  readonly tab?: { readonly id?: number | undefined; readonly incognito?: boolean } | undefined
}

/** What a sender is: a page or worker of this extension, a content script in a web page, or neither. */
export type Origin =
  | { readonly kind: 'own' }
  | {
      readonly kind: 'page'
      readonly tab: number
      readonly frame: number
      /** Of the frame, also where its address is `about:blank`. */
      readonly origin: string
      readonly isIncognito: boolean
    }
  | { readonly kind: 'unknown' }

/**
 * Tells the extension's own pages from content scripts, by what the browser says of them and nothing else.
 *
 * @param own - This extension: its id, and the address of its root with a slash at the end.
 * @see SPEC.md rule RPC3
 */
export function originOf(
  sender: Sender | undefined,
  own: { readonly id: string; readonly root: string },
): Origin {
  if (sender?.id !== own.id) return UNKNOWN
  const { url = '', origin, tab, frameId = 0 } = sender
  if (url.startsWith(own.root)) {
    // A frame may have been handed another origin than its address tells.
    return origin === undefined || `${origin}/` === own.root ? { kind: 'own' } : UNKNOWN
  }
  if (tab?.id === undefined || tab.id < 0) return UNKNOWN
  const told = readOrigin(origin ?? url)
  if (told === null) return UNKNOWN
  return {
    kind: 'page',
    tab: tab.id,
    frame: frameId,
    origin: told,
    isIncognito: tab.incognito === true,
  }
}

const UNKNOWN: Origin = { kind: 'unknown' }
