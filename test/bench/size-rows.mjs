import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { brotliCompressSync } from 'node:zlib'
import { bundle, root } from './bundle.mjs'

export const SIZE_ROWS = [{ name: 'size', measure: measureSizes }]

/** What must not leave a byte in what a page loads. */
const FORBIDDEN = /node_modules\/(?:gpt-tokenizer|tokenx|dexie|@mlc-ai)\//

const PEER = `export { Dexie } from 'dexie'\nexport { expose, wrap, transfer } from 'comlink'\n`

/** Minified by the same bundler and compressed in the same way, ours and theirs. */
async function measureSizes() {
  const page = await measureFile('src/index.ts')
  const worker = await measureFile('src/worker/store-worker.ts')
  const peer = await measurePeer()
  return [
    { what: 'page entry `backfold`, brotli', unit: 'kB', most: 4, values: [page.bytes / 1_000] },
    {
      what: 'bytes of tokenizer vocabulary, Dexie or web-llm in the graph of the page entry',
      unit: 'B',
      most: 0,
      values: [page.forbidden],
    },
    {
      what: 'store worker ÷ comlink and Dexie, brotli',
      most: 1.6,
      values: [worker.bytes / peer.bytes],
      figures: `${kilobytes(peer)}, ${kilobytes(worker)}`,
    },
  ]
}

/** What an entry loads at once: not what it may import later. */
async function measureFile(entry, aliases) {
  const files = await bundle({ entry, name: 'entry', minify: true, splits: true, aliases })
  const byName = new Map(files.map((file) => [file.fileName, file]))
  const main = byName.get('entry.js')
  if (!main) throw new Error(`${entry} made no file: ${[...byName.keys()].join()}`)
  const loaded = new Set([main])
  for (const { imports } of loaded) for (const name of imports) loaded.add(byName.get(name))
  const modules = [...loaded].flatMap((file) => Object.entries(file.modules))
  const forbidden = modules.filter(([id]) => FORBIDDEN.test(id))
  return {
    bytes: brotliCompressSync([...loaded].map(({ code }) => code).join('\n')).length,
    forbidden: forbidden.reduce((sum, [, bytes]) => sum + bytes, 0),
  }
}

/** Inside the project, or the packages would not be found. */
async function measurePeer() {
  const folder = mkdtempSync(join(root, 'node_modules/.backfold-bench-'))
  try {
    const file = join(folder, 'peer.js')
    writeFileSync(file, PEER)
    // Dexie as it offers itself to any bundler; ours is a build of its own choice.
    return await measureFile(relative(root, file), [])
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

function kilobytes({ bytes }) {
  return `${(bytes / 1_000).toFixed(1)} kB`
}
