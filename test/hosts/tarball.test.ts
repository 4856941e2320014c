import { execFileSync } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, sep } from 'node:path'
import { build, type Rolldown } from 'vite'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { installPacked } from '../support/install-packed.mjs'

const project = mkdtempSync(join(tmpdir(), 'backfold-tarball-'))
const published = join(project, 'node_modules/backfold')

beforeAll(() => installPacked(project))
afterAll(() => rmSync(project, { recursive: true, force: true }))

/** Every file of the package is one of these. */
const KINDS = [
  /^(?:package\.json|README\.md|CHANGELOG\.md|LICENSE)$/,
  /^dist\/THIRD-PARTY-LICENSES\.md$/,
  /^dist\/[\w-]+\.js$/,
  /^dist\/types\/(?:[\w-]+\/)*[\w-]+\.d\.ts$/,
]

/** These are in it whatever else is. */
const NEEDED = [
  'CHANGELOG.md',
  'LICENSE',
  'README.md',
  'dist/THIRD-PARTY-LICENSES.md',
  'dist/backfold-worker.js',
  'dist/element.js',
  'dist/heavy-worker.js',
  'dist/import-worker.js',
  'dist/index.js',
  'dist/model-worker.js',
  'dist/store-worker.js',
  'dist/webllm-worker.js',
  'package.json',
]

/**
 * Most bytes of what is downloaded and of what is unpacked: three tokenizer tables, four clients, web-llm, and React and
 * KaTeX for the element, the way to a server twice, and the program for fleets with everything inside, clients included.
 */
const MOST_PACKED = 7_750_000
const MOST_UNPACKED = 27_500_000

interface Manifest {
  readonly type?: string
  readonly exports: Readonly<
    Record<string, string | { readonly types: string; readonly default: string }>
  >
  readonly scripts?: Readonly<Record<string, string>>
  readonly dependencies?: unknown
  readonly publishConfig?: unknown
}

function listPublished(): readonly string[] {
  return readdirSync(published, { recursive: true, encoding: 'utf8' })
    .filter((path) => statSync(join(published, path)).isFile())
    .map((path) => path.replaceAll(sep, '/'))
    .sort()
}

function readManifest(): Manifest {
  return JSON.parse(readFileSync(join(published, 'package.json'), 'utf8')) as Manifest
}

test('[PKG7] the package holds the library, its declarations and its papers, and nothing else', () => {
  const files = listPublished()
  expect(files.filter((path) => !KINDS.some((kind) => kind.test(path)))).toEqual([])
  expect(files).toEqual(expect.arrayContaining(NEEDED))
  const unpacked = files.reduce((sum, path) => sum + statSync(join(published, path)).size, 0)
  expect(unpacked).toBeLessThan(MOST_UNPACKED)
  const tarball = readdirSync(project).find((name) => name.endsWith('.tgz')) ?? ''
  expect(statSync(join(project, tarball)).size).toBeLessThan(MOST_PACKED)
  const mapped = files.filter(
    (path) =>
      path.endsWith('.js') &&
      /\/\/# sourceMappingURL=/.test(readFileSync(join(published, path), 'utf8')),
  )
  expect(mapped).toEqual([])
})

test('[PKG7] each package whose code is in it has its licence there', () => {
  const licences = readFileSync(join(published, 'dist/THIRD-PARTY-LICENSES.md'), 'utf8')
  for (const name of [
    'comlink',
    'dexie',
    'openai',
    '@anthropic-ai/sdk',
    '@mlc-ai/web-llm',
    'gpt-tokenizer',
  ])
    expect(licences).toContain(`## ${name} `)
})

test('[PKG8] every entry is a module with declarations, and an install runs and brings nothing', () => {
  const { type, exports, scripts = {}, dependencies, publishConfig } = readManifest()
  const files = new Set(listPublished().map((path) => `./${path}`))
  expect(type).toBe('module')
  for (const [name, target] of Object.entries(exports)) {
    if (typeof target === 'string') expect(files, name).toContain(target)
    else {
      expect(Object.keys(target), name).toEqual(['types', 'default'])
      for (const path of Object.values(target)) expect(files, name).toContain(path)
    }
  }
  expect(
    Object.keys(scripts).filter((name) => /^(?:pre|post)?(?:install|prepare)$/.test(name)),
  ).toEqual([])
  expect(dependencies).toBeUndefined()
  expect(publishConfig).toEqual({ access: 'public', provenance: true })
})

/** Bytes that a page loads at once which holds this code alone, bundled as a host does it. */
async function weigh(code: string): Promise<number> {
  const entry = join(project, 'entry.js')
  writeFileSync(entry, code)
  const { output } = (await build({
    configFile: false,
    root: project,
    logLevel: 'error',
    build: { write: false, modulePreload: false, rolldownOptions: { input: entry } },
  })) as Rolldown.RolldownOutput
  const chunks = output.filter((file) => file.type === 'chunk')
  const loaded = new Set(chunks.filter(({ isEntry }) => isEntry))
  for (const { imports } of loaded)
    for (const chunk of chunks) if (imports.includes(chunk.fileName)) loaded.add(chunk)
  return [...loaded].reduce((sum, chunk) => sum + chunk.code.trim().length, 0)
}

test('[PKG9] a page loads what it uses of an entry, and nothing of one that it does not', async () => {
  for (const entry of ['backfold', 'backfold/adapters', 'backfold/engine'])
    expect(await weigh(`import '${entry}'`), entry).toBe(0)
  const all = await weigh(`import * as all from 'backfold/adapters'; globalThis.used = all`)
  const one = await weigh(`import { toPlain } from 'backfold/adapters'; globalThis.used = toPlain`)
  expect(one).toBeLessThan(all / 8)
  const guard = `import { isBackfoldError } from 'backfold'; globalThis.used = isBackfoldError`
  expect(await weigh(guard)).toBeLessThan(300)
})

/** Names of a browser, each of which tells that it was looked at. */
const TRAP = `
const seen = []
const names = ['window', 'document', 'self', 'location', 'navigator', 'Worker', 'SharedWorker', 'indexedDB', 'caches', 'localStorage', 'trustedTypes']
for (const name of names)
  Object.defineProperty(globalThis, name, { configurable: true, get: () => void seen.push(name) })
const entries = process.argv.slice(1)
for (const entry of entries) await import(entry)
console.log(JSON.stringify({ entries: entries.length, seen }))
`

test('[PKG10] on a server an import looks at nothing of a browser and keeps nothing running', () => {
  // The worker is started and never imported; what needs React is for those who have it.
  const entries = Object.keys(readManifest().exports)
    .filter((name) => !/json$|worker$|react$/.test(name))
    .map((name) => name.replace('.', 'backfold'))
  const importAll = (names: readonly string[]): unknown =>
    JSON.parse(
      execFileSync(process.execPath, ['--input-type=module', '-e', TRAP, ...names], {
        cwd: project,
        encoding: 'utf8',
        timeout: 20_000,
      }),
    )
  const [elements, others] = [true, false].map((is) =>
    entries.filter((name) => name.endsWith('element') === is),
  )
  expect(importAll(others ?? [])).toEqual({ entries: 3, seen: [] })
  expect(others).toContain('backfold')
  // React is in it, and looks whether it is in a browser.
  const { seen } = importAll(elements ?? []) as { readonly seen: readonly string[] }
  expect(elements).toHaveLength(1)
  expect([...new Set(seen)].toSorted()).toEqual(['document', 'window'])
})
