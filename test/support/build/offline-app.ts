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
  return listFiles(folder)
    .filter(({ bytes }) => bytes <= MOST_BYTES)
    .map(({ path, url }) => ({ url, revision: isNamedByContent(url) ? null : digest(path) }))
}

/** The large files, which are stored when they are first used; each has its content in its name. */
export function listLater(folder: string): readonly string[] {
  return listFiles(folder)
    .filter(({ url, bytes }) => bytes > MOST_BYTES && isNamedByContent(url))
    .map(({ url }) => url)
}

interface BuiltFile {
  readonly path: string
  readonly url: string
  readonly bytes: number
}

function listFiles(folder: string): readonly BuiltFile[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((name) => ({ path: join(folder, name), stat: statSync(join(folder, name)) }))
    .filter(({ stat }) => stat.isFile())
    .map(({ path, stat }) => ({
      path,
      url: relative(folder, path).replaceAll('\\', '/'),
      bytes: stat.size,
    }))
    .filter(({ url }) => !LEFT_OUT.test(url))
    .sort((a, b) => (a.url < b.url ? -1 : 1))
}

function isNamedByContent(url: string): boolean {
  return url.startsWith('assets/')
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
      __LATER__: JSON.stringify(listLater(folder)),
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
