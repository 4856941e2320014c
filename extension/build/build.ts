import { cpSync, existsSync, mkdirSync, readFileSync, rmSync, watch, writeFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { createBundledPackages } from '../../test/support/build/bundled-packages.ts'
import { bundleExtension, listPages } from './bundle.ts'
import { BROWSERS, manifestOf, type Browser } from './manifest.ts'
import { packageModels } from './package-models.ts'
import { zipFolder } from './zip-folder.ts'

export interface BuildOptions {
  /** Grants this machine from the start, and goes to a folder of its own. */
  readonly isTest: boolean
  /** Match patterns that are granted from the start. */
  readonly hosts: readonly string[]
  /** Folder with model libraries. */
  readonly models: string | null
  /** Where to; `dist/extension` or `dist/extension-test` by default. */
  readonly outDir?: string
}

const root = join(import.meta.dirname, '../..')

/** Addresses of this machine; where tests serve their pages. */
const TEST_HOSTS = ['http://127.0.0.1/*', 'http://localhost/*']

/** What only the other browser has. */
const LEFT_OUT: Readonly<Record<Browser, readonly string[]>> = {
  chrome: ['event-page.js'],
  firefox: ['service-worker.js', 'offscreen.html'],
}

/**
 * Builds both packages.
 *
 * @returns The zips, by their paths from the root of the project.
 * @see SPEC.md rules PACK1 to PACK6
 */
export async function buildExtension(options: BuildOptions): Promise<readonly string[]> {
  const out = options.outDir ?? join(root, 'dist', options.isTest ? 'extension-test' : 'extension')
  const code = join(out, '.code')
  const packages = createBundledPackages()
  await bundleExtension(code, packages)
  packages.writeLicences(join(code, 'THIRD-PARTY-LICENSES.md'))
  cpSync(join(root, 'LICENSE'), join(code, 'LICENSE'))
  cpSync(join(root, 'extension/icons'), join(code, 'icons'), { recursive: true })
  if (options.models !== null) packageModels(options.models, code)
  const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
    readonly version: string
  }
  const hosts = [...(options.isTest ? TEST_HOSTS : []), ...options.hosts]
  const zips = BROWSERS.map((browser) => {
    const folder = join(out, browser)
    rmSync(folder, { recursive: true, force: true })
    mkdirSync(folder, { recursive: true })
    cpSync(code, folder, {
      recursive: true,
      filter: (from) => !LEFT_OUT[browser].includes(relative(code, from)),
    })
    const manifest = manifestOf(browser, {
      version,
      hosts,
      pages: listPages(),
      isTest: options.isTest,
    })
    writeFileSync(join(folder, 'manifest.json'), `${JSON.stringify(manifest, null, 2)}\n`)
    const zip = join(out, `backfold-${browser}-${version}.zip`)
    writeFileSync(zip, zipFolder(folder))
    return relative(root, zip)
  })
  rmSync(code, { recursive: true })
  return zips
}

/** Builds again when a source has changed, until the process is ended. */
export async function watchExtension(options: BuildOptions): Promise<void> {
  let isBuilding = false
  let isWanted = false
  const run = async (): Promise<void> => {
    isWanted = true
    if (isBuilding) return
    isBuilding = true
    while (isWanted) {
      isWanted = false
      await buildExtension(options).then(
        (zips) => process.stdout.write(`${zips.join('\n')}\n`),
        (failure: unknown) => process.stderr.write(`${String(failure)}\n`),
      )
    }
    isBuilding = false
  }
  await run()
  for (const folder of ['extension', 'src']) {
    if (existsSync(join(root, folder))) {
      watch(join(root, folder), { recursive: true }, () => void run())
    }
  }
}
