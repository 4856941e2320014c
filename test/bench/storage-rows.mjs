import { call } from './browser-host.mjs'
import { interleave, median, quantile, ratios, spread } from './statistics.mjs'

/** Messages above the mark when a context is assembled. */
const TAIL = 50
const KB = 1_000

export const STORAGE_ROWS = [
  { name: 'append', measure: measureAppend },
  { name: 'burst', measure: measureBurst },
  { name: 'growth', measure: measureGrowth },
  { name: 'apply', measure: measureApply },
]

const ms = (values) => `${spread(values)} ms`

async function measureAppend({ host, settings }) {
  const page = await host.newPage()
  const { appends } = settings
  await call(page, 'attach', 'append', 's', 0)
  await call(page, 'attach', 'append-watched', 's', 10)
  await call(page, 'open', 'client', 'append-client')
  const inWorker = (method, ...args) => p50(call(page, 'worker', method, ...args))
  const variants = {
    raw: () => inWorker('rawEach', 'append', appends, KB),
    dexie: () => inWorker('dexieEach', 'append', appends, KB),
    queue: () => inWorker('queueEach', 'append', 's', appends, KB),
    engine: () => inWorker('appendEach', 'append', 's', appends, KB),
    watched: () => inWorker('appendEach', 'append-watched', 's', appends, KB),
    client: () => p50(call(page, 'appendEach', 'client', 'append-client', appends, KB)),
  }
  await interleave(1, variants)
  const times = await interleave(settings.repetitions, variants)
  const row = (what, name, most) => ({
    what: `durable \`append\` of 1 KB, p50: ${what} ÷ one raw relaxed put in a worker`,
    most,
    values: ratios(times[name], times.raw),
    figures: `raw ${ms(times.raw)}, this ${ms(times[name])}`,
  })
  return [
    row('the store itself', 'queue', 1.4),
    row('the whole engine in the store worker', 'engine'),
    row('the whole engine, 10 subscribers on the page', 'watched', 1.6),
    row("through the page's client", 'client'),
    row('plain Dexie `add`, for comparison', 'dexie'),
  ]
}

async function measureBurst({ host, settings }) {
  const page = await host.newPage()
  const { bursts, burstSize } = settings
  await call(page, 'attach', 'burst', 's', 0)
  await call(page, 'open', 'client', 'burst-client')
  const rounds = [bursts, burstSize]
  const variants = {
    raw: () => p50(call(page, 'worker', 'rawBurstEach', 'burst', ...rounds, KB)),
    engine: () => p50(call(page, 'worker', 'burstEach', 'burst', 's', ...rounds, KB)),
    client: () => p50(call(page, 'burstEach', 'client', 'burst-client', ...rounds)),
  }
  await interleave(1, variants)
  const times = await interleave(settings.repetitions, variants)
  const row = (what, name, least) => ({
    what: `burst of ${burstSize} concurrent appends, throughput: ${what} ÷ raw, one transaction a message`,
    least,
    values: ratios(times.raw, times[name]),
    figures: `raw ${ms(times.raw)}, this ${ms(times[name])}`,
  })
  return [row('in the store worker', 'engine', 3), row("through the page's client", 'client')]
}

async function measureGrowth({ host, settings }) {
  const page = await host.newPage()
  const worker = (method, ...args) => call(page, 'worker', method, ...args)
  const { shortLog, longLog, appends } = settings
  const logs = { short: shortLog, long: longLog }
  for (const [name, length] of Object.entries(logs)) {
    await call(page, 'attach', `growth-${name}`, 's', 0)
    await worker('fill', `growth-${name}`, 's', length, 600)
  }
  const append = (name) => () => p50(worker('appendEach', `growth-${name}`, 's', appends, 600))
  const context = (name) => async () => {
    await worker('placeHead', `growth-${name}`, 's', TAIL)
    return p50(worker('contextEach', `growth-${name}`, 's', appends))
  }
  const variants = {
    appendShort: append('short'),
    appendLong: append('long'),
    contextShort: context('short'),
    contextLong: context('long'),
    loadAll: () => worker('loadAllAndTrim', 'growth-long', 's'),
  }
  // The first reads after so much was written wait for what the storage does about it.
  await interleave(1, { ...variants, loadAll: () => Promise.resolve() })
  const times = await interleave(settings.repetitions, variants)
  const long = longLog.toLocaleString('en')
  const against = `${long} messages ÷ at ${shortLog.toLocaleString('en')}`
  return [
    {
      what: `\`append\` p50 at ${against}`,
      most: 1.3,
      values: ratios(times.appendLong, times.appendShort),
      figures: `${ms(times.appendShort)}, ${ms(times.appendLong)}`,
    },
    {
      what: `\`context()\` p50 at ${against}`,
      most: 1.3,
      values: ratios(times.contextLong, times.contextShort),
      figures: `${ms(times.contextShort)}, ${ms(times.contextLong)}`,
    },
    {
      what: `load all and trim ÷ \`context()\` at ${long} messages`,
      least: 500,
      values: ratios(times.loadAll, times.contextLong),
      figures: `load all ${ms(times.loadAll)}`,
    },
  ]
}

async function measureApply({ host, settings }) {
  const page = await host.newPage()
  const worker = (method, ...args) => call(page, 'worker', method, ...args)
  const sizes = settings.covered
  const covered = []
  for (const size of sizes) {
    const session = `covers-${size}`
    await call(page, 'attach', 'apply', session, 0)
    await worker('fill', 'apply', session, size + 60, 400)
    covered.push(await worker('prepareCandidate', 'apply', session))
  }
  await call(page, 'open', 'client', 'apply')
  const inWorker = (size) => async () =>
    p95(worker('applyEach', 'apply', `covers-${size}`, settings.applies))
  const throughClient = (size) => async () => {
    const times = []
    for (let n = 0; n < settings.applies; n += 1) {
      await worker('resetCandidate', 'apply', `covers-${size}`)
      times.push(await call(page, 'applyOnce', 'apply', `covers-${size}`))
    }
    return quantile(times, 0.95)
  }
  const [small, large] = sizes
  const variants = {
    small: inWorker(small),
    large: inWorker(large),
    smallClient: throughClient(small),
    largeClient: throughClient(large),
  }
  await interleave(1, variants)
  const times = await interleave(settings.repetitions, variants)
  const named = covered.map((count) => count.toLocaleString('en'))
  const p95Row = (what, name, most) => ({
    what: `apply of a ready candidate, p95: ${what}`,
    unit: 'ms',
    most,
    values: times[name],
  })
  return [
    p95Row(`covering ${named[0]} messages`, 'small', 15),
    p95Row(`covering ${named[1]} messages`, 'large', 15),
    {
      what: `apply, p95: covering ${named[1]} messages ÷ covering ${named[0]}`,
      most: 1.5,
      values: ratios(times.large, times.small),
      figures: `${ms(times.small)}, ${ms(times.large)}`,
    },
    p95Row(`covering ${named[1]} messages, through the page's client`, 'largeClient'),
    p95Row(`covering ${named[0]} messages, through the page's client`, 'smallClient'),
  ]
}

async function p50(times) {
  return median(await times)
}

async function p95(times) {
  return quantile(await times, 0.95)
}
