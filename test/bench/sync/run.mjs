/**
 * Measures what sync costs and how far it goes, against real servers and in real Chromium. What is compared with each other
 * is measured in one row; rows may be measured one at a time, and test/bench/RESULTS.md has the newest of each.
 *
 *     npm run bench:sync                      everything, some twenty minutes
 *     npm run bench:sync -- --only NAME,...   some rows
 *     npm run bench:sync -- --messages 10000  catches up with fewer messages than 100,000, on a busy machine
 *     npm run bench:sync -- --quick           everything once and small: shows that it runs, measures nothing
 */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { createBrowserHost, servePages } from '../browser-host.mjs'
import { bundle, root } from '../bundle.mjs'
import { ANYWHERE, describe, machineFacts } from '../report.mjs'
import { APPEND_ROWS } from './append-rows.mjs'
import { CATCH_UP_ROWS } from './catch-up-rows.mjs'
import { FLEET_ROWS } from './fleet-rows.mjs'
import { writeSyncReport } from './report.mjs'

const FULL = {
  repetitions: 5,
  appends: 100,
  confirms: 200,
  catchUp: 100_000,
  catchUpSessions: 1_000,
  manySessions: 10_000,
  fleetRounds: 2,
  fleetSessions: 40,
  subjects: [1_000_000],
  followers: 200,
}

const QUICK = {
  repetitions: 1,
  appends: 10,
  confirms: 10,
  catchUp: 1_000,
  catchUpSessions: 50,
  manySessions: 100,
  fleetRounds: 1,
  fleetSessions: 4,
  subjects: [1_000, 2_000],
  followers: 5,
}

const PAGES = { page: 'test/bench/sync/page-sync.ts', client: 'src/index.ts' }
/** What is kept between runs of single rows, until all of them were measured. */
const CACHE = join(root, '.cache/bench-sync.json')

const { values: given } = parseArgs({
  options: {
    only: { type: 'string' },
    messages: { type: 'string' },
    quick: { type: 'boolean', default: false },
  },
})
const rows = [...APPEND_ROWS, ...CATCH_UP_ROWS, ...FLEET_ROWS]
const names = rows.map(({ name }) => name)
const wanted = given.only?.split(',') ?? names
const unknown = wanted.find((name) => !names.includes(name))
if (unknown !== undefined) {
  console.error(`--only takes some of ${names.join(', ')}; got ${unknown}`)
  process.exit(2)
}

const settings = { ...(given.quick ? QUICK : FULL) }
if (given.messages) settings.catchUp = Number(given.messages)
// Beside the packages: what connects in Node is loaded from there.
mkdirSync(join(root, '.cache'), { recursive: true })
const folder = mkdtempSync(join(root, '.cache/bench-sync-'))
const node = { node: true, outDir: folder }
await bundle({ ...node, entry: 'test/bench/sync/sync-process.ts', name: 'sync-process' })
await bundle({ ...node, entry: 'src/backfold-worker.ts', name: 'backfold-worker' })
const pages = await servePages(PAGES)
const runs = []
try {
  for (const row of rows.filter(({ name }) => wanted.includes(name))) runs.push(await measure(row))
} finally {
  pages.close()
  rmSync(folder, { recursive: true, force: true })
}
if (!given.quick) writeSyncReport(keep(runs), rows)

async function measure(row) {
  const rowStartedAt = Date.now()
  let version = ''
  const newHost = async () => {
    const host = await createBrowserHost({ url: pages.url, storage: 'LevelDB' })
    return {
      ...host,
      close() {
        version = host.version()
        return host.close()
      },
    }
  }
  const host = row.isInBrowser ? await newHost() : undefined
  const context = { settings, folder, file: join(folder, 'sync-process.mjs'), host, newHost }
  const figures = await row.measure(context).finally(() => host?.close())
  const minutes = (Date.now() - rowStartedAt) / 60_000
  console.log(`${row.name} (${minutes.toFixed(1)} minutes)`)
  for (const figure of figures) console.log(describe(figure))
  const told = machineFacts({ browser: version, minutes, repetitions: settings.repetitions })
  // What has no rounds of its own, or no browser, says nothing of them.
  const facts = told
    .replace('Chromium , ', '')
    .replace(row.isInBrowser ? '' : /; \d+ repetitions/, '')
  return { storage: ANYWHERE, name: row.name, figures, facts }
}

/** All rows that were ever measured here, each as it was last. */
function keep(measured) {
  const before = readKept()
  const own = Object.fromEntries(measured.map((run) => [run.name, run]))
  writeFileSync(CACHE, JSON.stringify({ ...before, ...own }))
  return { ...before, ...own }
}

function readKept() {
  try {
    return JSON.parse(readFileSync(CACHE, 'utf8'))
  } catch {
    return {}
  }
}
