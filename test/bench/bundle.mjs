import { join } from 'node:path'
import { build, loadConfigFromFile } from 'vite'

export const root = join(import.meta.dirname, '../..')

/**
 * Bundles one entry and nothing beside it, so that every file of the result has one author: time spent
 * in it can be told from time spent elsewhere by its address.
 *
 * @param {{ entry: string, name: string, outDir?: string, minify?: boolean, node?: boolean,
 *   splits?: boolean, aliases?: import('vite').Alias[] }} options
 * `entry` is a path from the root. Without `outDir` nothing is written; what is imported later is part of the entry,
 * unless it `splits`; `aliases` are the product's unless given.
 * @returns {Promise<readonly { fileName: string, code: string, imports: readonly string[],
 *   modules: Record<string, number> }[]>}
 */
export async function bundle(options) {
  const { entry, name, outDir, minify = false, node = false, splits = false } = options
  const aliases = options.aliases ?? (await readAliases())
  const result = await build({
    configFile: false,
    root,
    base: './',
    publicDir: false,
    logLevel: 'error',
    resolve: { alias: aliases },
    worker: { format: 'es' },
    ...(node ? { ssr: { noExternal: true } } : {}),
    build: {
      write: outDir !== undefined,
      ...(outDir === undefined ? {} : { outDir }),
      emptyOutDir: false,
      target: 'es2023',
      minify,
      ssr: node,
      modulePreload: false,
      // As a library: an app would get a helper of Vite's with everything that it imports later.
      ...(splits ? { lib: { entry: join(root, entry), formats: ['es'] } } : {}),
      rolldownOptions: {
        input: { [name]: join(root, entry) },
        preserveEntrySignatures: 'strict',
        output: { entryFileNames: node ? '[name].mjs' : '[name].js', codeSplitting: splits },
      },
    },
  })
  return [result].flat().flatMap(({ output }) => output.flatMap(describeFile))
}

function describeFile(file) {
  if (file.type !== 'chunk') {
    return [{ fileName: file.fileName, code: String(file.source), imports: [], modules: {} }]
  }
  const modules = Object.entries(file.modules).map(([id, { renderedLength }]) => [
    id,
    renderedLength,
  ])
  const { fileName, code, imports } = file
  return [{ fileName, code, imports, modules: Object.fromEntries(modules) }]
}

/** The same aliases as those of the product's own builds. */
async function readAliases() {
  const loaded = await loadConfigFromFile(
    { command: 'build', mode: 'app' },
    join(root, 'vite.config.ts'),
  )
  return loaded?.config.resolve?.alias ?? []
}
