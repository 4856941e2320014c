import { createHash } from 'node:crypto'
import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join, relative } from 'node:path'
import { build, type Plugin } from 'vite'

/** Larger files are stored when they are first used: tokenizer tables, local models. In bytes. */
const MOST_BYTES = 600_000
/** What belongs to no page, or is looked at by few. */
const LEFT_OUT = /^(?:sw\.js|playground\.png$|THIRD-PARTY-LICENSES\.md$|.*\.map$)/

interface PrecacheEntry {
  readonly url: string
  /** Null where the name has the content in it. */
  readonly revision: string | null
}

/** All files of a built app that are stored with it, each with what tells its content. */
export function listPrecached(folder: string): readonly PrecacheEntry[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((name) => join(folder, name))
    .filter((path) => statSync(path).isFile() && statSync(path).size <= MOST_BYTES)
    .map((path) => ({ path, url: relative(folder, path).replaceAll('\\', '/') }))
    .filter(({ url }) => !LEFT_OUT.test(url))
    .sort((a, b) => (a.url < b.url ? -1 : 1))
    .map(({ path, url }) => ({ url, revision: url.startsWith('assets/') ? null : digest(path) }))
}

function digest(path: string): string {
  return createHash('sha256').update(readFileSync(path)).digest('hex').slice(0, 16)
}

/**
 * Adds the service worker to a built app: one classic script, with the list of the app's files in it.
 *
 * @param plugins - Such as what collects the packages in it.
 */
export async function buildServiceWorker(
  source: string,
  folder: string,
  plugins: readonly Plugin[],
): Promise<void> {
  await build({
    configFile: false,
    logLevel: 'warn',
    publicDir: false,
    plugins: [...plugins],
    define: {
      __PRECACHE__: JSON.stringify(listPrecached(folder)),
      'process.env.NODE_ENV': '"production"',
    },
    build: {
      outDir: folder,
      emptyOutDir: false,
      target: 'es2023',
      lib: { entry: source, formats: ['iife'], name: 'sw', fileName: () => 'sw.js' },
    },
  })
}
