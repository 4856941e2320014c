import { existsSync, readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import react from '@vitejs/plugin-react'
import type { EnvironmentOptions, UserConfig, UserConfigFnObject } from 'vite'
import { DEXIE_ALIAS } from './test/support/build/alias-dexie.ts'
import { createBundledPackages } from './test/support/build/bundled-packages.ts'
import { createCollectedGraph } from './test/support/build/collect-graph.ts'
import { keepWorkerUrls } from './test/support/build/keep-worker-urls.ts'
import { buildServiceWorker } from './test/support/build/offline-app.ts'
import { workerBundle } from './test/support/build/worker-bundle.ts'

const root = import.meta.dirname
const TARGET = 'es2023'
const LICENCES = 'THIRD-PARTY-LICENSES.md'

/** Without these each environment is given a config of its own, and the lists that follow are empty. */
const ONE_CONFIG = { sharedConfigBuild: true, sharedPlugins: true }

/** The playground: one page and its workers in `dist/app`; works from any folder of a server. */
function appConfig(): UserConfig {
  const packages = createBundledPackages()
  const outDir = join(root, 'dist/app')
  return {
    root: join(root, 'src/app'),
    publicDir: join(root, 'public'),
    base: './',
    resolve: { alias: [DEXIE_ALIAS] },
    plugins: [react(), packages.collect()],
    worker: { format: 'es', plugins: () => [packages.collect()] },
    build: { outDir, emptyOutDir: true, target: TARGET },
    builder: {
      ...ONE_CONFIG,
      buildApp: async (builder) => {
        for (const environment of Object.values(builder.environments)) {
          if (environment.name === 'client') await builder.build(environment)
        }
        // Last, because it lists what was written.
        const source = join(root, 'src/app/service-worker.ts')
        await buildServiceWorker(source, outDir, [packages.collect()])
        packages.writeLicences(join(outDir, LICENCES))
      },
    },
  }
}

/**
 * The published files. A build for the page and one for each worker, because a worker is one self-contained file that shares nothing
 * with the page: what both need is in both, and neither loads what only the other needs.
 */
function libraryConfig(): UserConfig {
  const packages = createBundledPackages()
  const graph = createCollectedGraph(root)
  const outDir = join(root, 'dist')
  return {
    root,
    publicDir: false,
    resolve: { alias: [DEXIE_ALIAS] },
    // Says for all bundles at once that no helper of a page is wanted in them.
    build: { lib: { entry: {}, formats: ['es'] } },
    plugins: [keepWorkerUrls(), packages.collect(), graph.collect()],
    environments: {
      page: bundle(outDir, {
        index: 'index',
        engine: 'engine',
        adapters: 'adapters',
        react: 'react',
      }),
      // One script tag is enough: React is inside.
      element: elementBundle(outDir),
      storeWorker: bundle(outDir, { 'store-worker': 'worker/store-worker' }),
      heavyWorker: bundle(outDir, { 'heavy-worker': 'worker/heavy-worker' }),
      importWorker: bundle(outDir, { 'import-worker': 'worker/import-worker' }),
      modelWorker: bundle(outDir, { 'model-worker': 'worker/model-worker' }),
      webllmWorker: bundle(outDir, { 'webllm-worker': 'worker/webllm-worker' }),
      fleetWorker: workerBundle(root, outDir),
    },
    builder: {
      ...ONE_CONFIG,
      buildApp: async (builder) => {
        removeFormer(outDir)
        for (const environment of Object.values(builder.environments)) {
          if (environment.name !== 'client') await builder.build(environment)
        }
        packages.writeLicences(join(outDir, LICENCES))
        graph.write(join(root, '.cache/library-graph.json'))
      },
    },
  }
}

/** Several builds write to one folder, so none of them may empty it. The playground and the extension are not theirs. */
function removeFormer(folder: string): void {
  for (const name of existsSync(folder) ? readdirSync(folder) : []) {
    if (name !== 'app' && !name.startsWith('extension'))
      rmSync(join(folder, name), { recursive: true })
  }
}

/**
 * One bundle of the library: entry names and their source files in `src`, without extension. What a worker loads later
 * is named after that worker: bundles share a folder, and each has a runtime and copies of packages of its own.
 */
function bundle(outDir: string, entries: Readonly<Record<string, string>>): EnvironmentOptions {
  const [only, ...others] = Object.keys(entries)
  const prefix = only === undefined || others.length > 0 ? '' : `${only}-`
  const sources = Object.entries(entries).map(
    ([name, path]) => [name, join(root, 'src', `${path}.ts`)] as const,
  )
  return {
    consumer: 'client',
    build: {
      outDir,
      emptyOutDir: false,
      target: TARGET,
      // Readable in a stack trace; a host's bundler minifies what it takes.
      minify: false,
      lib: { entry: Object.fromEntries(sources), formats: ['es'], fileName: '[name]' },
      rolldownOptions: {
        // The host brings its own: there must be one React on a page.
        external: /^react(?:-dom)?(?:\/|$)/,
        output: {
          entryFileNames: '[name].js',
          chunkFileNames: (chunk) => `${prefix}${nameChunk(chunk)}`,
          // Where components are split between server and browser, these belong to the browser.
          banner: ({ name }) => (name === 'react' ? "'use client'\n" : ''),
        },
      },
    },
  }
}

/** The element, as a page loads it without a bundler: with React, made small, and what it loads later beside it. */
function elementBundle(outDir: string): EnvironmentOptions {
  const { build, ...rest } = bundle(outDir, { element: 'element' })
  return {
    ...rest,
    define: { 'process.env.NODE_ENV': '"production"' },
    build: { ...build, minify: true, rolldownOptions: { ...build?.rolldownOptions, external: [] } },
  }
}

/** Files that hold a package are named after it: what it calls its own says nothing here. */
function nameChunk({ facadeModuleId }: { readonly facadeModuleId?: string | null }): string {
  const name = /.*\/node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(facadeModuleId ?? '')?.[1]
  const isOne = name !== undefined && !KEEP_NAMES.has(name)
  return isOne ? `${name.replace('@', '').replace('/', '-')}.js` : '[name].js'
}

/** Packages of which several files are chunks of their own. */
const KEEP_NAMES: ReadonlySet<string> = new Set(['gpt-tokenizer'])

const config: UserConfigFnObject = ({ mode }) => (mode === 'lib' ? libraryConfig() : appConfig())

export default config
