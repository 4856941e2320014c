import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, expect, test } from 'vitest'
import type { LanguageModel, ModelReply } from '../../../src/core/ports/language-model.ts'
import { createGate } from '../../../src/models/gate.ts'
import { systemClock } from '../../../src/tabs/system-clock.ts'

/** Most time between a turn's call and its request, beside that of the abort, in milliseconds. */
const MAX_START_MS = 50

const REQUEST = { system: 'Orders.', prompt: 'The session.', maxTokens: 100 }

const servers: Server[] = []

afterEach(() => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections()
    server.close()
  }
})

/** A server with one slot that begins to answer jobs and hangs until they leave; turns get an answer. */
async function startHangingServer(): Promise<{
  url: string
  active: Set<string>
  most: () => number
}> {
  const active = new Set<string>()
  let most = 0
  let hangs = true
  const server = createServer((request, response) => {
    const path = request.url ?? ''
    active.add(path)
    most = Math.max(most, active.size)
    response.on('close', () => active.delete(path))
    response.writeHead(200, { 'content-type': 'text/plain' })
    response.write('a beginning')
    if (path === '/job' && hangs) hangs = false
    else response.end(', and an end')
  })
  servers.push(server)
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve)
  })
  const { port } = server.address() as AddressInfo
  return { url: `http://127.0.0.1:${port}`, active, most: () => most }
}

/** A model over a real connection, which answers `aborted` as soon as the connection is given up. */
function createHttpModel(url: string, onAborted: () => void): LanguageModel {
  return {
    info: {
      name: 'local server',
      provider: url,
      contextTokens: 8_192,
      slots: 1,
      isLocal: true,
      isConstrained: false,
    },
    async generate(_, signal): Promise<ModelReply> {
      const stop = new AbortController()
      signal.addEventListener('abort', () => stop.abort(), { once: true })
      try {
        const response = await fetch(`${url}/job`, { signal: stop.signal })
        return { kind: 'answered', text: await response.text(), isWhole: true }
      } catch {
        onAborted()
        return { kind: 'failed', code: 'aborted', reason: 'the connection was given up' }
      }
    },
    close: async () => {},
  }
}

test('[GATE2, GATE3] a turn gets the only slot of a real server that hangs on a job, within 50 ms', async () => {
  const delays: number[] = []
  for (let round = 0; round < 5; round += 1) {
    const server = await startHangingServer()
    let abortedAt = 0
    const gate = createGate({ clock: systemClock })
    const model = gate.wrap(
      createHttpModel(server.url, () => {
        abortedAt = performance.now()
      }),
    )
    const summary = model.generate(REQUEST, new AbortController().signal)
    while (!server.active.has('/job')) await sleep(1)
    const askedAt = performance.now()
    const answer = await gate.turn(server.url, async () => {
      delays.push(performance.now() - askedAt)
      // The acknowledgement came first: the slot was never taken twice.
      expect(abortedAt).toBeGreaterThan(0)
      return (await fetch(`${server.url}/turn`)).text()
    })
    expect(answer).toBe('a beginning, and an end')
    expect(await summary).toMatchObject({ kind: 'answered', text: 'a beginning, and an end' })
    expect(gate.calls()).toEqual([])
    gate.close()
  }
  // Where others use the machine a single round may take long; the best of five may not.
  expect(Math.min(...delays)).toBeLessThan(MAX_START_MS)
})
