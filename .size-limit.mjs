/** Bundled as a host would, minified and compressed with brotli. A module, or nothing exported would count. */
const modifyEsbuildConfig = (config) => ({ ...config, format: 'esm' })

/** The 4 kB of the page are a promise; the others are what there is, so that growth is noticed. */
const limits = [
  { name: 'backfold, all of it, on the page', path: 'dist/index.js', limit: '4 kB' },
  { name: 'store worker', path: 'dist/store-worker.js', limit: '62 kB' },
  {
    name: 'heavy worker, without the exact tokenizer that it loads when asked to',
    path: 'dist/heavy-worker.js',
    ignore: ['./*.js'],
    limit: '48 kB',
  },
  { name: 'backfold/engine', path: 'dist/engine.js', limit: '40 kB' },
  { name: 'backfold/adapters', path: 'dist/adapters.js', limit: '10 kB' },
]

export default limits.map((limit) => ({ ...limit, modifyEsbuildConfig }))
