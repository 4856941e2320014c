/** Bundled as a host would, minified and compressed with brotli. A module, or nothing exported would count. */
const modifyEsbuildConfig = (config) => ({ ...config, format: 'esm' })

/** What importing a history, tools for a model, fetch(), extractors, summarisers and sync load, and only then. */
const importing = [
  './import-history.js',
  './recall-tools.js',
  './transfer-files.js',
  './write-markdown.js',
  './transfer-desk-here.js',
  './compacting-fetch.js',
  './recall-loop.js',
  './expose-extractors.js',
  './expose-page.js',
  './page-summarisers.js',
  './summarisers.js',
  './backfold-sync.js',
  './read-sync-options.js',
  './open-sync.js',
  './prepare-sync.js',
  './tell-device.js',
  './open-ladder-model.js',
  './protect.js',
  './read-protection.js',
]

/**
 * The page's part was promised at 4 kB. It is above: what calls the worker, keeps it alive and opens an encrypted
 * database again takes 1.9, the public objects with one line for each request 2.6, and what stands in for fetch() until
 * its code is there 0.3, with the check of its options; the way to sync is 0.1 of these. The others are what there is, so that growth is noticed.
 */
const limits = [
  {
    name: 'backfold, all that a page loads until it needs history, tools, extractors, summarisers or sync',
    path: 'dist/index.js',
    ignore: importing,
    limit: '4.95 kB',
  },
  {
    name: 'store worker, without what reads the requests of hosts, and what synchronises, when there are some',
    path: 'dist/store-worker.js',
    ignore: [
      './store-worker-read-request.js',
      './store-worker-open-sync.js',
      './store-worker-prepare-tab-sync.js',
    ],
    limit: '160 kB',
  },
  {
    name: 'heavy worker, without the exact tokenizer that it loads when asked to',
    path: 'dist/heavy-worker.js',
    ignore: ['./*.js'],
    limit: '103 kB',
  },
  { name: 'import worker', path: 'dist/import-worker.js', limit: '84 kB' },
  {
    name: 'model worker, without the clients and engines that it loads when asked to',
    path: 'dist/model-worker.js',
    ignore: ['./*.js'],
    limit: '66 kB',
  },
  {
    name: 'WebLLM worker, without web-llm',
    path: 'dist/webllm-worker.js',
    ignore: ['./*.js'],
    limit: '5 kB',
  },
  {
    name: 'backfold/engine',
    path: 'dist/engine.js',
    ignore: [...importing, './read-request.js'],
    limit: '160 kB',
  },
  {
    name: 'backfold/react, without React and what opens Backfold',
    path: 'dist/react.js',
    ignore: ['react', 'react/jsx-runtime', './*.js'],
    limit: '7 kB',
  },
  {
    name: 'backfold/element with React, without what it loads when asked to',
    path: 'dist/element.js',
    ignore: ['./*.js'],
    limit: '136 kB',
  },
  { name: 'backfold/adapters', path: 'dist/adapters.js', limit: '29 kB' },
  {
    name: "extension, all that runs in a page's own world",
    path: 'dist/extension/chrome/page.js',
    gzip: true,
    limit: '4 kB',
  },
  {
    name: 'extension, what runs beside a page',
    path: 'dist/extension/chrome/bridge.js',
    gzip: true,
    limit: '25 kB',
  },
]

export default limits.map((limit) => ({ ...limit, modifyEsbuildConfig }))
