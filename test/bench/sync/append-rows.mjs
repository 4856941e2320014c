import { call } from '../browser-host.mjs'
import { interleave, median, quantile, ratios, spread } from '../statistics.mjs'
import { runRole, withServer } from './role.mjs'

export const APPEND_ROWS = [
  { name: 'append', isInBrowser: true, measure: measureAppend },
  { name: 'confirm', measure: measureConfirm },
]

/** With milliseconds between two appends, and how many there are. */
const GAPS = [
  ['one behind the other', 0, 1],
  ['one every 25 ms', 25, 1],
  ['one every 250 ms', 250, 0.25],
]

const ms = (values) => `${spread(values)} ms`
/** Nobody listens there. */
const NOWHERE = 'ws://127.0.0.1:9'
export const PASSPHRASE = 'one two three four five'

/** The same engine with sync off, connected, and out of reach, in turn; each in a database of its own. */
async function measureAppend({ host, file, settings }) {
  const { repetitions, appends } = settings
  const server = { nodes: 1, isDurable: true, fillings: [] }
  return withServer(file, server, async ({ webSockets: servers }) => {
    const page = await host.newPage()
    const syncs = {
      off: undefined,
      online: { servers, space: 'append' },
      sealed: { servers, space: 'append-sealed', encrypt: { passphrase: PASSPHRASE } },
      offline: { servers: [NOWHERE] },
    }
    for (const [name, sync] of Object.entries(syncs)) await call(page, 'open', name, sync)
    const run = (name, gapMs, count) => async () => {
      const times = await call(page, 'appendEach', name, 's', count, 1_000, gapMs)
      // What is still on its way would be paid for by whoever comes next.
      if (syncs[name] && name !== 'offline') await call(page, 'isIn', name, 'online')
      return times
    }
    const figures = []
    for (const [what, gapMs, count] of GAPS) {
      const names = Object.keys(syncs)
      const own = Math.ceil(appends * count)
      const variants = Object.fromEntries(names.map((name) => [name, run(name, gapMs, own)]))
      await interleave(1, variants)
      figures.push(...rowsOf(what, await interleave(repetitions, variants)))
    }
    return figures
  })
}

const NAMES = { online: 'connected', sealed: 'connected, sealed', offline: 'out of reach' }

function rowsOf(what, times) {
  const p50 = (name) => times[name].map(median)
  const all = (name) =>
    [0.5, 0.95, 0.99].map((q) => `p${q * 100} ${ms(times[name].map((own) => quantile(own, q)))}`)
  return Object.entries(NAMES).map(([name, label]) => ({
    what: `local \`append\` of 1 KB, ${what}, p50: sync ${label} ÷ off`,
    most: 1.2,
    values: ratios(p50(name), p50('off')),
    figures: `off ${all('off').join(', ')}; this ${all(name).join(', ')}`,
  }))
}

/** From an append in Node until the entry was acknowledged and read back. */
async function measureConfirm({ file, settings }) {
  const { confirms, repetitions } = settings
  const figures = []
  const ways = [
    ['one at a time', 1, 1, confirms],
    ['64 in flight in one session', 64, 1, confirms * 4],
    ['64 in flight in 64 sessions', 64, 64, confirms * 4],
  ]
  for (const nodes of [1, 3]) {
    await withServer(file, { nodes, isDurable: true, fillings: [] }, async ({ addresses }) => {
      for (const isSealed of [false, true]) {
        const variants = Object.fromEntries(
          ways.map(([what, inFlight, sessions, count], way) => [
            what,
            (repetition) =>
              runRole(file, 'confirm', {
                sync: {
                  servers: addresses,
                  space: `confirm-${isSealed}-${way}-${repetition}`,
                  ...(isSealed && { encrypt: { passphrase: PASSPHRASE } }),
                },
                count,
                inFlight,
                sessions,
              }),
          ]),
        )
        const told = await interleave(Math.min(2, repetitions), variants)
        const where = `${nodes === 1 ? 'one node' : 'three nodes'}, \`always\`, ${isSealed ? 'sealed' : 'plain'}`
        for (const [what, , , count] of ways) {
          const at = (q) => told[what].map(({ times }) => quantile(times, q))
          const rate = told[what].map(({ ms: all }) => (count * 1_000) / all)
          figures.push({
            what: `\`append\` until confirmed, p50: ${where}, ${what}`,
            unit: 'ms',
            values: at(0.5),
            figures: `p95 ${ms(at(0.95))}, p99 ${ms(at(0.99))}; ${spread(rate)} a second`,
          })
        }
      }
    })
  }
  return figures
}
