import { readFileSync } from 'node:fs'
import { call } from '../browser-host.mjs'
import { median, spread } from '../statistics.mjs'
import { PASSPHRASE } from './append-rows.mjs'
import { runRole, withServer } from './role.mjs'

export const CATCH_UP_ROWS = [
  { name: 'catch-up', measure: measureCatchUp(false, false) },
  { name: 'catch-up-sealed', measure: measureCatchUp(false, true) },
  { name: 'catch-up-many', measure: measureCatchUp(true, false) },
  { name: 'catch-up-many-sealed', measure: measureCatchUp(true, true) },
  { name: 'sessions', measure: measureSessions },
]

/** Characters of a message. */
const BYTES = 600
const seconds = (values) => `${spread(values.map((value) => value / 1_000))} s`

/** A new device, in Node and in a page, reads a space; of one session or of many, sealed or not. */
function measureCatchUp(isMany, isSealed) {
  return async ({ newHost, file, settings }) => {
    const { catchUp: messages, catchUpSessions } = settings
    const sessions = isMany ? catchUpSessions : 1
    const space = 'catch-up'
    const filling = {
      space,
      sessions,
      messages,
      bytes: BYTES,
      ...(isSealed && { passphrase: PASSPHRASE }),
    }
    const server = { nodes: 1, isDurable: false, fillings: [filling] }
    const encrypt = isSealed ? { encrypt: { passphrase: PASSPHRASE } } : {}
    return withServer(file, server, async ({ addresses, webSockets, ask }) => {
      const own = { space, ...encrypt }
      const sync = { ...own, servers: addresses }
      const node = await runRole(file, 'catch-up', { sync, expected: messages })
      const page = await beginInPage(newHost, { ...own, servers: webSockets }, messages)
      const { diskMB } = await ask('sizes')
      return rowsOf({ told: [{ node, page }], messages, sessions, isSealed, diskMB })
    })
  }
}

/** A page whose browser has nothing yet. */
async function beginInPage(newHost, sync, expected) {
  const host = await newHost()
  try {
    const page = await host.newPage()
    const begun = await call(page, 'begin', 'new', sync)
    if (begun.messages < expected) throw new Error(`${begun.messages} of ${expected} are there`)
    return { ...begun, ...(await figuresOf(host)) }
  } finally {
    await host.close()
  }
}

/** Of the process of the page and its workers. */
async function figuresOf(host) {
  const all = (await host.renderers()).map((pid) => {
    const read = (file) => readFileSync(`/proc/${pid}/${file}`, 'utf8')
    const [, kilobytes] = /^VmHWM:\s+(\d+) kB/m.exec(read('status'))
    const fields = read('stat').split(') ')[1].split(' ')
    const cpuSeconds = (Number(fields[11]) + Number(fields[12])) / 100
    return { peakMB: (Number(kilobytes) * 1_024) / 1e6, cpuSeconds }
  })
  return all.toSorted((a, b) => b.cpuSeconds - a.cpuSeconds)[0]
}

function rowsOf({ told, messages, sessions, isSealed, diskMB }) {
  const of = (place, field) => told.map((one) => one[place][field])
  const count = messages.toLocaleString('en')
  const how = `${count} messages ${sessions === 1 ? 'of one session' : `of ${sessions.toLocaleString('en')} sessions`}, ${isSealed ? 'sealed' : 'plain'}`
  const rate = (values) => `${spread(values.map((value) => (messages * 1_000) / value))} a second`
  const [node, page] = [of('node', 'ms'), of('page', 'onlineMs')]
  return [
    {
      what: `catch-up of a new device in Node: ${how}`,
      unit: 's',
      most: (60 * messages) / 100_000,
      values: node.map((value) => value / 1_000),
      figures: `${rate(node)}, peak ${spread(of('node', 'peakMB'))} MB, CPU ${spread(of('node', 'cpuSeconds'))} s; disk of the server ${spread([diskMB])} MB, ${spread([(diskMB * 1e6) / messages])} bytes a message`,
    },
    {
      what: `catch-up of a new device in Chromium: ${how}`,
      unit: 's',
      most: (60 * messages) / 100_000,
      values: page.map((value) => value / 1_000),
      figures: `${rate(page)}, of the page's process peak ${spread(of('page', 'peakMB'))} MB, CPU ${spread(of('page', 'cpuSeconds'))} s`,
    },
    {
      what: `longest task of the page's thread meanwhile: ${how}`,
      unit: 'ms',
      most: 100,
      values: of('page', 'longTasks').map((tasks) => Math.max(0, ...tasks)),
      figures: `tasks over 50 ms: ${of('page', 'longTasks').map((tasks) => tasks.length)}`,
    },
  ]
}

/** A device with very many sessions: begun for the first time, and again. */
async function measureSessions({ newHost, file, settings }) {
  const { manySessions: sessions } = settings
  const messages = sessions * 3
  const space = 'many'
  const filling = { space, sessions, messages, bytes: BYTES }
  const server = { nodes: 1, isDurable: false, fillings: [filling] }
  return withServer(file, server, async ({ addresses, webSockets, ask }) => {
    const node = await runRole(file, 'catch-up', {
      sync: { servers: addresses, space },
      expected: messages,
    })
    const sync = { servers: webSockets, space }
    const host = await newHost()
    try {
      const first = await call(await host.newPage(), 'begin', 'many', sync)
      const { peakMB: firstPeakMB } = await figuresOf(host)
      const again = []
      for (let n = 0; n < 3; n += 1) again.push(await beginAgain(host, sync))
      const sizes = await ask('sizes')
      const all = { sessions, messages, node, first, firstPeakMB, again, sizes }
      return manyRows(all)
    } finally {
      await host.close()
    }
  })
}

/** In a new process of the browser, over what is stored. */
async function beginAgain(host, sync) {
  const listMs = await call(await host.restart(), 'list', 'many', sync)
  const page = await host.restart()
  const { onlineMs } = await call(page, 'begin', 'many', sync)
  const appends = await call(page, 'appendEach', 'many', 's1', 100, 1_000, 25)
  const one = await host.restart()
  const alone = await call(one, 'appendEach', 'alone', 's', 100, 1_000, 25)
  return {
    listMs,
    onlineMs,
    appendMs: median(appends),
    aloneMs: median(alone),
    peakMB: (await figuresOf(host)).peakMB,
  }
}

function manyRows({ sessions, messages, node, first, firstPeakMB, again, sizes }) {
  const of = (field) => again.map((one) => one[field])
  const count = sessions.toLocaleString('en')
  const at = `${count} sessions`
  return [
    {
      what: `first begin of a device at ${at}, until online: Node`,
      unit: 's',
      values: [node.ms / 1_000],
      figures: `${messages.toLocaleString('en')} messages; list ${spread([node.listedMs])} ms more; peak ${spread([node.peakMB])} MB; one append then ${spread([median(node.appendMs)])} ms`,
    },
    {
      what: `first begin of a device at ${at}, until online: Chromium`,
      unit: 's',
      values: [first.onlineMs / 1_000],
      figures: `list ${spread([first.listedMs])} ms more; peak of the page's process ${spread([firstPeakMB])} MB; longest task ${spread([Math.max(0, ...first.longTasks)])} ms`,
    },
    {
      what: `begin again at ${at}, until online: Chromium`,
      unit: 's',
      values: of('onlineMs').map((value) => value / 1_000),
      figures: `until the list is there ${seconds(of('listMs'))}; peak of the page's process ${spread(of('peakMB'))} MB`,
    },
    {
      what: `local \`append\`, p50: at ${at}, connected ÷ one session, sync off`,
      values: again.map(({ appendMs, aloneMs }) => appendMs / aloneMs),
      figures: `${spread(of('aloneMs'))} ms, ${spread(of('appendMs'))} ms`,
    },
    {
      what: `server with ${at} in one space, resident`,
      unit: 'MB',
      values: [sizes.residentMB],
      figures: `disk ${spread([sizes.diskMB])} MB, ${spread([(sizes.diskMB * 1e6) / messages])} bytes a message`,
    },
  ]
}
