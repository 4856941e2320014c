import { createServer } from 'node:http'
import { call } from '../browser-host.mjs'
import { interleave, median, quantile, round, spread } from '../statistics.mjs'
import { threadTime } from '../thread-probe.mjs'

export const FETCH_ROWS = [{ name: 'fetch-cost', measure: measureFetchCost }]

const SHAPES = { string: 'a string', bytes: 'bytes', request: 'a Request' }
const HISTORY_BYTES = 200_000
const FOLDED = 32_000
const NEVER_FOLDED = 1_000_000

const CORS = {
  'access-control-allow-origin': '*',
  'access-control-allow-headers': '*',
}

/** What a model streams: about 200 words. */
const ANSWER = [
  ...Array.from({ length: 40 }, (_, at) =>
    event({ choices: [{ index: 0, delta: { content: `five words of answer ${at} ` } }] }),
  ),
  event({ choices: [{ index: 0, delta: {}, finish_reason: 'stop' }] }),
  'data: [DONE]\n\n',
]

function event(fields) {
  const head = { id: 'c', object: 'chat.completion.chunk', model: 'm' }
  return `data: ${JSON.stringify({ ...head, ...fields })}\n\n`
}

/**
 * CPU time of the page's thread for one request, the host's own work before it left out: with Backfold and without,
 * in turn, the same history to the same server. What Backfold adds is the difference of the medians; for the 95th
 * percentile, of that and the native median.
 */
async function measureFetchCost({ host, settings }) {
  const server = await startServer()
  try {
    const page = await host.newPage()
    for (const [name, budget] of [
      ['folded', FOLDED],
      ['passed', NEVER_FOLDED],
    ]) {
      await call(page, 'openFetchApp', name, server.url, HISTORY_BYTES, budget)
    }
    const cost = await measureCost(page, settings)
    return [...cost, await measureBytes(page, server)]
  } finally {
    server.close()
  }
}

async function measureCost(page, { repetitions, fetches }) {
  const once = async (sender, shape) => {
    await call(page, 'prepareRequest', 'folded', sender, shape)
    return (await threadTime(page, () => call(page, 'sendRequest'))).ms
  }
  const several = (sender, shape) => async () => {
    const times = []
    for (let time = 0; time < fetches; time += 1) times.push(await once(sender, shape))
    return times
  }
  const variants = Object.fromEntries(
    Object.keys(SHAPES).flatMap((shape) =>
      ['native', 'backfold'].map((sender) => [`${sender} ${shape}`, several(sender, shape)]),
    ),
  )
  await interleave(1, variants)
  const seen = await interleave(repetitions, variants)
  const reports = await call(page, 'reportsOf', 'folded')
  const sent = reports.filter((kind) => kind === 'sent').length
  return Object.entries(SHAPES).map(([shape, what]) => {
    const native = seen[`native ${shape}`]
    const own = seen[`backfold ${shape}`]
    const usual = median(native.flat())
    const worst = round(quantile(own.flat(), 0.95) - usual)
    const nativeWorst = round(quantile(native.flat(), 0.95) - usual)
    return {
      what: `page-thread CPU that \`backfold.fetch()\` adds to a request of 200 KB, folded on the way, body ${what}, p50`,
      unit: 'ms',
      most: 2,
      values: own.map((times, repetition) => median(times) - median(native[repetition])),
      figures: `native p50 ${spread(native.map(median))} ms, with Backfold ${spread(own.map(median))} ms; 95th percentile above the native median: with Backfold ${worst} ms, native itself ${nativeWorst} ms; ${sent} of ${reports.length} requests sent folded`,
    }
  })
}

/** Bytes at the server that differ from those of native fetch. */
async function measureBytes(page, server) {
  let changed = 0
  let bytes = 0
  for (const shape of Object.keys(SHAPES)) {
    for (const sender of ['backfold', 'native']) {
      await call(page, 'prepareRequest', 'passed', sender, shape)
      await call(page, 'sendRequest')
    }
    const [own, native] = server.bodies.slice(-2)
    bytes += native.length
    changed += Math.abs(own.length - native.length)
    changed += native.filter((byte, at) => own[at] !== byte).length
  }
  const reports = await call(page, 'reportsOf', 'passed')
  return {
    what: 'bytes changed in requests of 200 KB that were looked at and passed',
    unit: 'B',
    most: 0,
    values: [changed],
    figures: `${bytes.toLocaleString('en')} bytes in three shapes of body; ${reports.join(', ')}`,
  }
}

async function startServer() {
  const bodies = []
  const answer = async (request, response) => {
    const pieces = []
    for await (const piece of request) pieces.push(piece)
    if (request.method === 'OPTIONS') {
      response.writeHead(204, CORS).end()
      return
    }
    bodies.push(Buffer.concat(pieces))
    response.writeHead(200, { ...CORS, 'content-type': 'text/event-stream' })
    for (const piece of ANSWER) response.write(piece)
    response.end()
  }
  const server = createServer((request, response) => void answer(request, response))
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${server.address().port}/v1/chat/completions`,
    bodies,
    close() {
      server.close()
      server.closeAllConnections()
    },
  }
}
