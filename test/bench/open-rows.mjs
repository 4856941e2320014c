import { call } from './browser-host.mjs'
import { interleave, ratios, spread } from './statistics.mjs'

export const OPEN_ROWS = [{ name: 'open', measure: measureOpen }]

const TAIL = 50
const DATABASE = 'open'

/**
 * Each measurement is made by new processes on the same profile, so nothing of the browser is warm. Cold
 * means that the operating system has to read the files from disk as well.
 */
async function measureOpen({ host, settings }) {
  const page = await host.newPage()
  await call(page, 'attach', DATABASE, 's', 0)
  await call(page, 'worker', 'fill', DATABASE, 's', settings.longLog, 600)
  const mark = await call(page, 'worker', 'placeHead', DATABASE, 's', TAIL)
  // Storage engines tidy up when they are opened first after so many writes.
  await call(await host.restart(), 'worker', 'firstRawTail', DATABASE, 's', mark)
  const raw = async (cold) => {
    const fresh = await host.restart({ cold })
    return call(fresh, 'worker', 'firstRawTail', DATABASE, 's', mark)
  }
  const engine = async (cold) => {
    const fresh = await host.restart({ cold })
    return call(fresh, 'worker', 'firstContext', DATABASE, 's')
  }
  const times = await interleave(settings.repetitions, {
    rawCold: () => raw(true),
    raw: () => raw(false),
    engineCold: () => engine(true),
    engine: () => engine(false),
    client: async () => call(await host.restart(), 'firstContext', DATABASE, 's'),
  })
  const count = settings.longLog.toLocaleString('en')
  const row = (how, over, under, most) => ({
    what: `open to first context at ${count} messages, new process, ${how} ÷ raw open and tail read`,
    ...(most === undefined ? {} : { most }),
    values: ratios(times[over], times[under]),
    figures: `raw ${spread(times[under])} ms, this ${spread(times[over])} ms`,
  })
  return [
    row('files not in memory: engine', 'engineCold', 'rawCold', 1.3),
    row('files in memory: engine', 'engine', 'raw', 1.3),
    row("files in memory: page's client, its workers started", 'client', 'raw'),
  ]
}
