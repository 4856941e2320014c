/** Bundled as a host would, minified and compressed with brotli. A module, or nothing exported would count. */
const modifyEsbuildConfig = (config) => ({ ...config, format: 'esm' })

/** The 4 kB of the page and 1.6 times comlink and Dexie for the store worker are promises. */
const limits = [
  { name: 'backfold, all of it, on the page', path: 'dist/index.js', limit: '4 kB' },
  { name: 'store worker', path: 'dist/store-worker.js', limit: '49 kB' },
  {
    name: 'heavy worker, without the exact tokenizer that it loads when asked to',
    path: 'dist/heavy-worker.js',
    ignore: ['./*.js'],
    limit: '20 kB',
  },
  { name: 'backfold/engine', path: 'dist/engine.js', limit: '30 kB' },
  { name: 'backfold/adapters', path: 'dist/adapters.js', limit: '10 kB' },
]

export default limits.map((limit) => ({ ...limit, modifyEsbuildConfig }))
