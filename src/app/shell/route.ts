import type { Seq } from '../../core/session/message.ts'

/** What the page shows. A route is all of the hash, so that it can be kept, sent and gone back to. */
export type Route =
  | { readonly page: 'home' | 'settings' | 'storage' | 'import' | 'workbench' }
  | { readonly page: 'session'; readonly id: string; readonly seq: Seq | null }
  /** Without an id: of all sessions. */
  | { readonly page: 'health'; readonly id: string | null }

const PLAIN = ['settings', 'storage', 'import', 'workbench'] as const

/**
 * Reads a hash. Total: what is no address of a page leads home.
 *
 * @see SPEC.md rule KEEP1
 */
export function parseRoute(hash: string): Route {
  const [page = '', first = '', second = ''] = hash.replace(/^#?\/?/, '').split('/')
  const plain = PLAIN.find((name) => name === page)
  if (plain !== undefined) return { page: plain }
  const id = decode(first)
  if (page === 'health') return { page, id: id === '' ? null : id }
  if (page === 'session' && id !== '') {
    return { page, id, seq: /^[1-9]\d{0,14}$/.test(second) ? Number(second) : null }
  }
  return { page: 'home' }
}

/** The hash of a route; {@link parseRoute} reads it back. */
export function hashOf(route: Route): string {
  switch (route.page) {
    case 'home':
      return '#/'
    case 'session':
      return `#/session/${encode(route.id)}${route.seq === null ? '' : `/${route.seq}`}`
    case 'health':
      return route.id === null ? '#/health' : `#/health/${encode(route.id)}`
    case 'settings':
    case 'storage':
    case 'import':
    case 'workbench':
      return `#/${route.page}`
  }
}

/** Half a surrogate pair has no encoding; ids of hosts may hold anything. */
function encode(id: string): string {
  return encodeURIComponent(id.toWellFormed())
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return ''
  }
}
