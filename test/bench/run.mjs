/**
 * Measures what Backfold promises about speed and size, beside the yardsticks that it promises it
 * against, in one run.
 *
 *     npm run bench                      everything; writes test/bench/RESULTS.md
 *     npm run bench -- --only NAME,...   some rows; prints only
 *     npm run bench -- --quick           everything once and small: shows that it runs, measures nothing
 */
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { createBrowserHost, servePages, STORAGE_ENGINES } from './browser-host.mjs'
import { FETCH_ROWS } from './fetch/fetch-rows.mjs'
import { PREFIX_ROWS } from './fetch/prefix-rows.mjs'
import { writeFetchReport } from './fetch/report.mjs'
import { FOLD_ROWS } from './fold-rows.mjs'
import { OPEN_ROWS } from './open-rows.mjs'
import { ANYWHERE, describe, isMet, machineFacts, renderReport } from './report.mjs'
import { SIZE_ROWS } from './size-rows.mjs'
import { STORAGE_ROWS } from './storage-rows.mjs'
import { THREAD_ROWS } from './thread-rows.mjs'

const FULL = {
  storages: Object.keys(STORAGE_ENGINES),
  repetitions: 7,
  appends: 200,
  bursts: 15,
  burstSize: 64,
  shortLog: 1_000,
  longLog: 100_000,
  covered: [1_000, 10_000],
  applies: 40,
  sessionTokens: 1_000_000,
  windowMs: 2_000,
  cpuAppends: [
    [1, 300],
    [10, 200],
    [100, 100],
  ],
  foldTokens: 1_000_000,
  longFoldTokens: 5_000_000,
  fetches: 12,
  talks: 2,
  talkShare: 1,
}

const QUICK = {
  storages: ['LevelDB'],
  repetitions: 1,
  appends: 20,
  bursts: 2,
  burstSize: 64,
  shortLog: 200,
  longLog: 2_000,
  covered: [200, 1_000],
  applies: 4,
  sessionTokens: 60_000,
  windowMs: 300,
  cpuAppends: [[1, 20]],
  foldTokens: 60_000,
  longFoldTokens: 200_000,
  fetches: 3,
  talks: 1,
  talkShare: 0.1,
}

/** A row that takes longer hangs: then the run ends instead of waiting for ever. */
const ROW_LIMIT_MS = 300_000

const RESULTS = join(import.meta.dirname, 'RESULTS.md')

const BROWSER_ROWS = [...STORAGE_ROWS, ...THREAD_ROWS, ...OPEN_ROWS, ...FETCH_ROWS]
const OTHER_ROWS = [...SIZE_ROWS, ...FOLD_ROWS, ...PREFIX_ROWS]

const { values: given } = parseArgs({
  options: { only: { type: 'string' }, quick: { type: 'boolean', default: false } },
})
const names = [...BROWSER_ROWS, ...OTHER_ROWS].map(({ name }) => name)
const wanted = given.only?.split(',') ?? names
const unknown = wanted.find((name) => !names.includes(name))
if (unknown !== undefined) {
  console.error(`--only takes some of ${names.join(', ')}; got ${unknown}`)
  process.exit(2)
}

const settings = given.quick ? QUICK : FULL
const startedAt = Date.now()
const runs = []

for (const row of OTHER_ROWS) await measure(row, ANYWHERE, {})
const browser = BROWSER_ROWS.some(isWanted) ? await measureInBrowsers() : ''
const minutes = (Date.now() - startedAt) / 60_000
const { repetitions } = settings
const facts = machineFacts({ browser, minutes, repetitions })
console.log(facts)
if (!given.quick) writeFetchReport(runs, facts)
if (!given.quick && given.only === undefined) {
  writeFileSync(RESULTS, `${renderReport(runs, facts)}${readSyncSection()}`)
  const missed = runs.flatMap((run) => run.figures).filter((figure) => isMet(figure) === false)
  console.log(`written to test/bench/RESULTS.md; ${missed.length} figures miss their bar`)
}

async function measureInBrowsers() {
  let version = ''
  const pages = await servePages()
  try {
    for (const storage of settings.storages) {
      // A profile for each row, or the later ones would pay for what the earlier wrote.
      for (const row of BROWSER_ROWS.filter(isWanted)) {
        const host = await createBrowserHost({ url: pages.url, storage })
        try {
          await measure(row, storage, { host })
          version = host.version()
        } finally {
          await host.close()
        }
      }
    }
  } finally {
    pages.close()
  }
  return version
}

async function measure(row, storage, context) {
  if (!isWanted(row)) return
  const rowStartedAt = Date.now()
  const limit = setTimeout(() => {
    console.error(`${row.name}: no end after ${ROW_LIMIT_MS / 1_000} seconds`)
    process.exit(1)
  }, ROW_LIMIT_MS)
  const figures = await row.measure({ ...context, settings })
  clearTimeout(limit)
  const seconds = ((Date.now() - rowStartedAt) / 1_000).toFixed(0)
  console.log(`${row.name}${storage === ANYWHERE ? '' : `, ${storage}`} (${seconds} s)`)
  for (const figure of figures) console.log(describe(figure))
  runs.push({ storage, name: row.name, figures })
}

/** What `npm run bench:sync` has written stays. */
function readSyncSection() {
  const [, section] = readFileSync(RESULTS, 'utf8').split('\n## Sync\n')
  return section === undefined ? '' : `\n## Sync\n${section}`
}

function isWanted({ name }) {
  return wanted.includes(name)
}
