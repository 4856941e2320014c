/**
 * Checks the built library: what each published file may bring along, that a host's bundler finds the
 * workers, and that nothing has to be installed beside it. Needs a build.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

const root = join(import.meta.dirname, '../..')
const dist = join(root, 'dist')
const graph = JSON.parse(readFileSync(join(root, '.cache/library-graph.json'), 'utf8'))

/** Packages that must not leave a byte in what an entry loads, now or later. */
const FORBIDDEN = [
  { entry: 'index.js', packages: ['dexie', 'gpt-tokenizer', 'tokenx', '@mlc-ai/web-llm'] },
  { entry: 'engine.js', packages: ['dexie', 'comlink', 'gpt-tokenizer', '@mlc-ai/web-llm'] },
  { entry: 'adapters.js', packages: ['dexie', 'comlink', 'gpt-tokenizer', 'tokenx'] },
  // Opening Backfold brings comlink, once a provider is drawn in a browser.
  {
    entry: 'react.js',
    packages: ['react', 'react-dom', 'comlink', 'dexie', 'tokenx'],
    lazyMay: true,
  },
  { entry: 'store-worker.js', packages: ['gpt-tokenizer', '@mlc-ai/web-llm'] },
  { entry: 'heavy-worker.js', packages: ['gpt-tokenizer', '@mlc-ai/web-llm'], lazyMay: true },
  // Each is loaded by the first question to a model that needs it.
  {
    entry: 'model-worker.js',
    packages: ['openai', '@anthropic-ai/sdk', '@google/genai', '@mlc-ai/web-llm'],
    lazyMay: true,
  },
  { entry: 'webllm-worker.js', packages: ['@mlc-ai/web-llm'], lazyMay: true },
]

/** Of our own layers, all that comes onto the page's thread; importing a history brings the adapters,
 * and choosing summarisers what asks the page's own models. Components open Backfold only when they are drawn. */
const PAGES = [
  {
    entry: 'index.js',
    layers: ['core', 'protocol', 'client'],
    lazily: ['adapters', 'models', 'tabs', 'engine'],
  },
  {
    entry: 'react.js',
    layers: ['core', 'widget', 'protocol'],
    lazily: ['client', 'adapters', 'models', 'tabs', 'engine'],
  },
]

/** What the host has to bring, by the file that imports it. */
const BROUGHT = { 'react.js': ['react', 'react/jsx-runtime'] }

/** The types of it, by the declarations that may name them. */
const TYPES_BROUGHT = /^widget\//

/** Letter by letter what bundlers look for. */
const WORKERS = [
  { parent: 'index.js', worker: 'store-worker.js' },
  { parent: 'store-worker.js', worker: 'heavy-worker.js' },
  { parent: 'store-worker.js', worker: 'import-worker.js' },
  { parent: 'store-worker.js', worker: 'model-worker.js' },
  { parent: 'model-worker.js', worker: 'webllm-worker.js' },
]

const problems = [
  ...FORBIDDEN.flatMap(checkPackages),
  ...PAGES.flatMap(checkLayers),
  ...WORKERS.flatMap(checkWorkerUrl),
  ...Object.keys(graph).flatMap(checkImports),
  ...checkDeclarations(),
]
for (const problem of problems) console.error(problem)
if (problems.length > 0) process.exit(1)
console.log(`${Object.keys(graph).length} files checked`)

/** Files that an entry loads: at once, or also later by `import()`. */
function reach(entry, withLazy) {
  const reached = new Set([entry])
  for (const file of reached) {
    const { imports, dynamicImports } = graph[file]
    for (const next of withLazy ? [...imports, ...dynamicImports] : imports) {
      if (next in graph) reached.add(next)
    }
  }
  return [...reached]
}

function checkPackages({ entry, packages, lazyMay = false }) {
  return reach(entry, !lazyMay).flatMap((file) =>
    Object.entries(graph[file].modules).flatMap(([path, bytes]) => {
      const name = /.*node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(path)?.[1]
      return bytes > 0 && packages.includes(name)
        ? [`${entry} loads ${bytes} bytes of ${name} (${path} in ${file})`]
        : []
    }),
  )
}

function checkLayers({ entry, layers, lazily }) {
  const atOnce = reach(entry, false)
  return reach(entry, true).flatMap((file) => {
    const allowed = atOnce.includes(file) ? layers : [...layers, ...lazily]
    return Object.entries(graph[file].modules).flatMap(([path, bytes]) => {
      const layer = /^src\/([\w-]+)\//.exec(path)?.[1]
      return bytes > 0 && layer && !allowed.includes(layer)
        ? [`${entry} loads ${bytes} bytes of ${path}`]
        : []
    })
  })
}

function checkWorkerUrl({ parent, worker }) {
  const start = new RegExp(
    `new Worker\\(new URL\\(["']\\./${worker}["'], import\\.meta\\.url\\), \\{\\s*type: ["']module["']`,
  )
  const starts = reach(parent, true).filter((file) => start.test(read(file)))
  if (starts.length === 0)
    return [`${parent} does not start ${worker} in the form bundlers look for`]
  return existsSync(join(dist, worker)) ? [] : [`${worker} is missing`]
}

/** Whether a file holds anything besides packages. */
function isOurs(file) {
  return Object.keys(graph[file].modules).some((path) => !path.includes('node_modules/'))
}

/** A file imports its neighbours and what the host brings, and leaves no placeholder behind. */
function checkImports(file) {
  const { imports, dynamicImports } = graph[file]
  const missing = [...imports, ...dynamicImports].filter(
    (next) =>
      !existsSync(join(dist, next)) && !BROUGHT[file]?.includes(next) && !isNodes(file, next),
  )
  return [
    ...missing.map((next) => `${file} imports ${next}, which is not in dist`),
    ...(isOurs(file) && /__BACKFOLD_|\.ts['"], import\.meta/.test(read(file))
      ? [`${file} holds a source path`]
      : []),
  ]
}

/** The program for fleets runs in Node. */
function isNodes(file, next) {
  return file.startsWith('backfold-worker') && next.startsWith('node:')
}

/** A type of a bundled package would be unknown to a host that has not installed it. */
function checkDeclarations() {
  return readdirSync(join(dist, 'types'), { recursive: true })
    .filter((name) => name.endsWith('.d.ts'))
    .flatMap((name) => {
      const text = readFileSync(join(dist, 'types', name), 'utf8')
      const specifiers = [...text.matchAll(/(?:from\s+|import\s*\(\s*|import\s+)(['"])(.+?)\1/g)]
      return specifiers
        .map(([, , specifier]) => specifier)
        .filter((specifier) => !/^\.{1,2}\/.*\.js$/.test(specifier))
        .filter((specifier) => specifier !== 'react' || !TYPES_BROUGHT.test(name))
        .map((specifier) => `types/${name} imports ${specifier}`)
    })
}

function read(file) {
  return readFileSync(join(dist, file), 'utf8')
}
