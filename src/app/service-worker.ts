import { cleanupOutdatedCaches, precacheAndRoute } from 'workbox-precaching'
import { registerRoute } from 'workbox-routing'

/** The parts of a service worker's world that are used; the page's types know none of them. */
interface WorkerWorld {
  /** Put in place of this name by the build: all files of the app but the large ones. */
  readonly __PRECACHE__: readonly { readonly url: string; readonly revision: string | null }[]
  /** Put in place of this name by the build: the large files, which are stored when they are first used. */
  readonly __LATER__: readonly string[]
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

/** Tokenizer tables and local models: stored when they are first used, and kept until a version has others. */
const LATER = 'backfold-later-1'

declare const __PRECACHE__: WorkerWorld['__PRECACHE__']
declare const __LATER__: WorkerWorld['__LATER__']

/**
 * Stores the app for use without a connection. The files of a version are stored when it is installed, and those of the
 * one before stay until no page uses it: so no page ever asks for a file that is gone.
 *
 * @see SPEC.md rules PWA1–PWA4
 */
// The page itself is one of the files, at its folder's own address. What else lies in the folder is no page of the app.
precacheAndRoute([...__PRECACHE__], { ignoreURLParametersMatching: [/.*/] })
cleanupOutdatedCaches()
const later = new Set(__LATER__.map((url) => new URL(url, world.registration.scope).href))
// Nothing but files of the build is ever stored: a server may answer what is private beside them.
registerRoute(
  ({ url, request }) => request.method === 'GET' && later.has(url.href),
  async ({ request }) => {
    const cache = await caches.open(LATER)
    const known = await cache.match(request)
    // The name of a file of the build has its content in it, so that what is stored never gets old.
    if (known !== undefined) return known
    const response = await fetch(request)
    // Where there is no room for it, it is used all the same.
    if (response.status === 200) await cache.put(request, response.clone()).catch(() => {})
    return response
  },
)
// A person chose to take this version now.
world.addEventListener('message', ({ data }) => {
  const { type } = (typeof data === 'object' && data !== null ? data : {}) as { type?: unknown }
  if (type === 'SKIP_WAITING') void world.skipWaiting()
})

// The page that installed it is served by it at once, so that what it uses first is stored as well.
world.addEventListener('activate', (event) =>
  event.waitUntil(Promise.all([world.clients.claim(), forgetFormer().catch(() => {})])),
)

/** Removes large files that only versions before this one have: no page uses them any more. */
async function forgetFormer(): Promise<void> {
  const cache = await caches.open(LATER)
  const former = (await cache.keys()).filter(({ url }) => !later.has(url))
  await Promise.all(former.map((request) => cache.delete(request)))
}
