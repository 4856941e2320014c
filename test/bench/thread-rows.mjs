import { call } from './browser-host.mjs'
import { interleave, median, ratios, spread } from './statistics.mjs'
import { probe, threadTime } from './thread-probe.mjs'

export const THREAD_ROWS = [
  { name: 'append-during-job', measure: measureAppendDuringJob },
  { name: 'main-thread', measure: measureMainThread },
  { name: 'append-cpu', measure: measureAppendCpu },
]

const CLIENT = '/client.js'
const CONTROL = '/main-thread-engine.js'
const ms = (values) => `${spread(values)} ms`

async function measureAppendDuringJob({ host, settings }) {
  const page = await host.newPage()
  const database = 'busy'
  await call(page, 'open', 'client', database)
  const tokens = await call(page, 'fill', 'client', database, 1, settings.sessionTokens)
  const gapMs = 10
  const variants = {
    idle: () => call(page, 'appendsWhileIdle', database, gapMs, settings.windowMs),
    folding: () => call(page, 'appendsWhileFolding', database, gapMs),
  }
  await interleave(1, variants)
  const runs = await interleave(settings.repetitions, variants)
  const idle = runs.idle.map(median)
  const folding = runs.folding.map(median)
  const appends = runs.folding.map(({ length }) => length)
  return [
    {
      what: `append acknowledged while ${count(tokens)} tokens are folded ÷ idle, p50 at the client`,
      most: 2,
      values: ratios(folding, idle),
      figures: `idle ${ms(idle)}, folding ${ms(folding)}, ${median(appends)} appends a fold`,
    },
  ]
}

async function measureMainThread({ host, settings }) {
  const page = await host.newPage()
  const opened = { client: 'fold-client', 'main-thread': 'fold-main-thread' }
  let tokens = 0
  for (const [kind, database] of Object.entries(opened)) {
    await call(page, 'open', kind, database)
    tokens = await call(page, 'fill', kind, database, 1, settings.sessionTokens)
  }
  const live = async (kind, file, work) => {
    const window = () => call(page, 'window', kind, opened[kind], work, settings.windowMs)
    const seen = await probe(page, file, window)
    if (work === 'fold') await call(page, 'undoFold', kind, opened[kind])
    return seen
  }
  const variants = {
    idle: () => live('client', CLIENT, 'idle'),
    folding: () => live('client', CLIENT, 'fold'),
    control: () => live('main-thread', CONTROL, 'fold'),
    atOnce: () => live('main-thread', CONTROL, 'digest'),
  }
  await interleave(1, variants)
  const seen = await interleave(settings.repetitions, variants)
  return threadFigures(seen, `while ${count(tokens)} tokens are folded and the host appends`)
}

/** The controls: the same fold on the main thread, and its digesting there in one piece. */
function threadFigures(seen, what) {
  const of = (name, key) => seen[name].map((one) => one[key])
  const cpu = (name) => ms(of(name, 'fileMs'))
  const task = (name) => ms(of(name, 'longestTaskMs'))
  const lasted = (name) => ms(seen[name].map(({ result }) => result.ms))
  const frames = (name) => seen[name].map(({ result }) => result.longFrames)
  const longest = (name) => ratios(of(name, 'longestTaskMs'), of('idle', 'longestTaskMs'))
  return [
    {
      what: `main-thread time ${what}: the same job on the main thread ÷ the client`,
      least: 50,
      values: ratios(of('control', 'fileMs'), of('folding', 'fileMs')),
      figures: `client ${cpu('folding')} of ${lasted('folding')}, control ${cpu('control')} of ${lasted('control')}`,
    },
    {
      what: `longest main-thread task, CPU, ${what} ÷ idle`,
      most: 1.5,
      values: longest('folding'),
      control: longest('control'),
      figures: `idle ${task('idle')}, folding ${task('folding')}; controls ${task('control')}, ${task('atOnce')}`,
    },
    {
      what: `long animation frames with a script of ours, ${what}`,
      unit: '',
      most: 0,
      values: frames('folding'),
      control: frames('atOnce'),
      figures: `controls ${spread(frames('control'))}, ${spread(frames('atOnce'))}`,
    },
  ]
}

async function measureAppendCpu({ host, settings }) {
  const page = await host.newPage()
  await call(page, 'open', 'client', 'cpu')
  const rows = []
  for (const [kilobytes, appends] of settings.cpuAppends) {
    const perAppend = async (method, ...args) => {
      const run = () => call(page, method, ...args, 'cpu', appends, kilobytes * 1_000)
      const { ms: spent } = await threadTime(page, run)
      return spent / appends
    }
    const variants = {
      client: () => perAppend('appendEach', 'client'),
      dexie: () => perAppend('dexieEach'),
    }
    await interleave(1, variants)
    const times = await interleave(settings.repetitions, variants)
    rows.push({
      what: `main-thread CPU of one append of ${kilobytes} KB: client ÷ Dexie on the main thread`,
      most: 1 / 3,
      values: ratios(times.client, times.dexie),
      figures: `client ${ms(times.client)}, Dexie ${ms(times.dexie)}`,
    })
  }
  return rows
}

function count(tokens) {
  return tokens.toLocaleString('en')
}
