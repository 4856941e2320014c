import { existsSync, mkdirSync, renameSync, rmSync } from 'node:fs'
import { basename, join } from 'node:path'
import { build, type InlineConfig } from 'vite'
import { DEXIE_ALIAS } from '../../test/support/build/alias-dexie.ts'
import type { BundledPackages } from '../../test/support/build/bundled-packages.ts'
import { splitLongTexts } from './split-long-texts.ts'

const extension = join(import.meta.dirname, '..')
/** How long plugins take says nothing where workers are built inside one. */
const QUIET = { pluginTimings: false }
const TARGET = ['chrome120', 'firefox140']

/** Pages of the extension, by the folder they are in. */
const PAGES = ['host/offscreen', 'panel/panel', 'options/options', 'archive/archive']
/** What is one self-contained script each: a page's world imports nothing, and the service worker starts quicker. */
const SCRIPTS = {
  page: { source: 'page/page.ts', format: 'iife' },
  bridge: { source: 'bridge/bridge.ts', format: 'iife' },
  'service-worker': { source: 'background/service-worker.ts', format: 'es' },
} as const

/** Names of the pages whose sources are there, as they are called in the package. */
export function listPages(): readonly string[] {
  return presentPages().map((page) => `${basename(page)}.html`)
}

/** Bundles everything into one folder, which both browsers' packages are then taken from. */
export async function bundleExtension(outDir: string, packages: BundledPackages): Promise<void> {
  rmSync(outDir, { recursive: true, force: true })
  mkdirSync(outDir, { recursive: true })
  await build(pagesConfig(outDir, packages))
  // At the root, where everything that opens one looks for it.
  for (const page of presentPages()) {
    renameSync(join(outDir, `${page}.html`), join(outDir, `${basename(page)}.html`))
    rmSync(join(outDir, page, '..'), { recursive: true })
  }
  for (const name of Object.keys(SCRIPTS) as readonly (keyof typeof SCRIPTS)[]) {
    if (existsSync(join(extension, SCRIPTS[name].source))) {
      await build(scriptConfig(name, outDir, packages))
    }
  }
}

function presentPages(): readonly string[] {
  return PAGES.filter((page) => existsSync(join(extension, `${page}.html`)))
}

function shared(packages: BundledPackages): InlineConfig {
  return {
    configFile: false,
    root: extension,
    base: '/',
    publicDir: false,
    logLevel: 'warn',
    resolve: { alias: [DEXIE_ALIAS] },
    plugins: [packages.collect()],
    define: { 'process.env.NODE_ENV': '"production"' },
    // Also where a test builds it, whose own environment would have it otherwise.
    oxc: { jsx: { runtime: 'automatic', development: false } },
  }
}

/** Pages, what they load later, their workers, and the event page, which is a module as well. */
function pagesConfig(outDir: string, packages: BundledPackages): InlineConfig {
  const pages = presentPages().map(
    (page) => [basename(page), join(extension, `${page}.html`)] as const,
  )
  return {
    ...shared(packages),
    worker: {
      format: 'es',
      plugins: () => [packages.collect(), splitLongTexts()],
      rolldownOptions: { checks: QUIET },
    },
    build: {
      outDir,
      emptyOutDir: false,
      target: TARGET,
      modulePreload: false,
      minify: true,
      reportCompressedSize: false,
      // Nothing of it is loaded over a network.
      chunkSizeWarningLimit: 10_000,
      rolldownOptions: {
        checks: QUIET,
        input: {
          ...Object.fromEntries(pages),
          'event-page': join(extension, 'background/event-page.ts'),
        },
        output: {
          entryFileNames: ({ name }) =>
            name === 'event-page' ? 'event-page.js' : 'assets/[name]-[hash].js',
        },
      },
    },
  }
}

function scriptConfig(
  name: keyof typeof SCRIPTS,
  outDir: string,
  packages: BundledPackages,
): InlineConfig {
  const { source, format } = SCRIPTS[name]
  return {
    ...shared(packages),
    build: {
      outDir,
      emptyOutDir: false,
      target: TARGET,
      minify: true,
      reportCompressedSize: false,
      lib: {
        entry: join(extension, source),
        formats: [format],
        name: 'backfold',
        fileName: () => `${name}.js`,
      },
    },
  }
}
