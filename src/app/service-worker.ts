import {
  cleanupOutdatedCaches,
  createHandlerBoundToURL,
  precacheAndRoute,
} from 'workbox-precaching'
import { NavigationRoute, registerRoute } from 'workbox-routing'

/** The parts of a service worker's world that are used; the page's types know none of them. */
interface WorkerWorld {
  /** Put in place of this name by the build: all files of the app but the large ones. */
  readonly __PRECACHE__: readonly { readonly url: string; readonly revision: string | null }[]
  readonly registration: { readonly scope: string }
  readonly clients: { claim(): Promise<void> }
  skipWaiting(): Promise<void>
  addEventListener(type: 'message', listener: (event: { readonly data: unknown }) => void): void
  addEventListener(
    type: 'activate',
    listener: (event: { waitUntil(work: Promise<unknown>): void }) => void,
  ): void
}

const world = globalThis as unknown as WorkerWorld

/** Tokenizer tables, local models and recordings: stored when they are first used, and kept. */
const LATER = 'backfold-later-1'

declare const __PRECACHE__: WorkerWorld['__PRECACHE__']

/**
 * Stores the app for use without a connection. The files of a version are stored when it is installed, and those of the
 * one before stay until no page uses it: so no page ever asks for a file that is gone.
 *
 * @see SPEC.md rules PWA1–PWA4
 */
precacheAndRoute([...__PRECACHE__], { ignoreURLParametersMatching: [/.*/] })
cleanupOutdatedCaches()
registerRoute(new NavigationRoute(createHandlerBoundToURL('index.html')))
registerRoute(
  ({ url, request }) =>
    request.method === 'GET' && url.href.startsWith(world.registration.scope) && !isOwn(url),
  async ({ request }) => {
    const cache = await caches.open(LATER)
    const known = await cache.match(request)
    // The name of a file of the build has its content in it, so that what is stored never gets old.
    if (known !== undefined && /\/assets\//.test(request.url)) return known
    try {
      const response = await fetch(request)
      if (response.ok) await cache.put(request, response.clone())
      return response
    } catch (failure) {
      if (known !== undefined) return known
      throw failure
    }
  },
)
// A person chose to take this version now.
world.addEventListener('message', ({ data }) => {
  const { type } = (typeof data === 'object' && data !== null ? data : {}) as { type?: unknown }
  if (type === 'SKIP_WAITING') void world.skipWaiting()
})

// The page that installed it is served by it at once, so that what it uses first is stored as well.
world.addEventListener('activate', (event) => event.waitUntil(world.clients.claim()))

/** What a page asks of its own server anew each time. */
function isOwn({ pathname }: URL): boolean {
  return pathname.includes('/local-sessions/')
}
