import type { Plugin } from 'vite'

/** Source of a worker, as written in `new Worker(new URL('…', import.meta.url), …)`, to its file in `dist`. */
const WORKER_URL =
  /new URL\(\s*'(?:\.\.?\/)+(?:worker\/)?([\w-]+-worker)\.ts',\s*import\.meta\.url\s*,?\s*\)/g

/** A global that no minifier renames or folds. */
const PLACEHOLDER = /__BACKFOLD_([\w$]+)_FILE__/g

/**
 * Leaves `new Worker(new URL('./store-worker.js', import.meta.url), { type: 'module' })` in the
 * published files, letter by letter, since that is what bundlers of hosts look for.
 *
 * Vite would bundle the worker a second time and write the address of its own copy. It looks for a
 * string, so until the end there is none: a placeholder takes its place.
 */
export function keepWorkerUrls(): Plugin {
  return {
    name: 'backfold:keep-worker-urls',
    enforce: 'pre',
    transform(code) {
      if (!code.includes('new URL(')) return null
      const kept = code.replace(WORKER_URL, (_match, name: string) => {
        return `new URL(__BACKFOLD_${name.replaceAll('-', '$')}_FILE__, import.meta.url)`
      })
      return kept === code ? null : { code: kept, map: null }
    },
    generateBundle(_options, bundle) {
      for (const chunk of Object.values(bundle)) {
        if (chunk.type !== 'chunk') continue
        chunk.code = chunk.code.replace(PLACEHOLDER, (_match, name: string) => {
          return `'./${name.replaceAll('$', '-')}.js'`
        })
      }
    },
  }
}
