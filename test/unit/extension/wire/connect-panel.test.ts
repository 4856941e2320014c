import { expect, test } from 'vitest'
import { openEngine } from '../../../../src/client/open-engine.ts'
import type { Method } from '../../../../src/protocol/requests.ts'
import { connectToHost } from '../../../../extension/wire/connect-panel.ts'
import type { LineWorld } from '../../../../extension/wire/keep-connected.ts'
import type { HostForPanel, PanelForHost } from '../../../../extension/wire/panel-wire.ts'
import { createRpc, type Rpc } from '../../../../extension/wire/rpc.ts'
import { runtimeWire } from '../../../../extension/wire/runtime-wire.ts'
import { fakePorts, type FakePort } from './fake-port.ts'

type Asked = { readonly method: Method; readonly params: unknown }

/** Hosts that come and go, and what they were asked. */
function hosts(answer: (asked: Asked) => Promise<unknown>) {
  const asked: Asked[] = []
  const told: string[] = []
  const timers: { readonly ms: number; readonly callback: () => void }[] = []
  let there: FakePort | null = null
  let panel: Rpc<PanelForHost> | null = null
  let isThere = true
  const refuse = async (): Promise<never> => {
    throw new Error('not of interest')
  }
  const world: LineWorld = {
    async ensureHost() {
      if (!isThere) throw new Error('Could not establish connection')
    },
    connect() {
      const [here, other] = fakePorts()
      there = other
      panel = createRpc<HostForPanel, PanelForHost>(runtimeWire(other), {
        requests: {
          engine: (request) => {
            asked.push(request)
            return answer(request)
          },
          protection: async () => ({ protection: 'none', isOpen: true }),
          tabs: async () => [],
          file: refuse,
          requests: refuse,
          bodies: refuse,
          undo: refuse,
          handOff: refuse,
          reveal: refuse,
          unlock: refuse,
          lock: refuse,
        },
        notices: { ping: () => void told.push('ping') },
      })
      return here
    },
    after(ms, callback) {
      timers.push({ ms, callback })
      return () => {}
    },
  }
  const runTimers = (): void => timers.splice(0).forEach(({ callback }) => callback())
  return {
    world,
    asked,
    told,
    timers,
    runTimers,
    panel: () => panel,
    kill: () => there?.disconnect(),
    setThere: (next: boolean) => void (isThere = next),
  }
}

const settle = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 5))

/** Hands requests to an engine in this process. */
async function engineAnswers(): Promise<(asked: Asked) => Promise<unknown>> {
  const backfold = await openEngine()
  return async ({ method, params }) => {
    const { session: id } = params as { readonly session: string }
    const session = await backfold.session(id)
    if (method === 'append') {
      const { messages } = params as { readonly messages: readonly { role: string }[] }
      return session.append(...messages)
    }
    return session.state.get()
  }
}

test('[RPC7] what changes nothing twice is asked again of the next host, an append as repeated', async () => {
  let deaths = 0
  const engine = await engineAnswers()
  const net = hosts(async (asked) => {
    if (asked.method === 'append' && deaths === 0) {
      deaths += 1
      net.kill()
    }
    return engine(asked)
  })
  const line = connectToHost(net.world)
  const session = await line.backfold.session('s')
  const appending = session.append({ role: 'user', content: 'hello' })
  await settle()
  expect(line.state.get()).toBe('lost')
  net.runTimers()
  expect((await appending).seqs).toHaveLength(1)
  const appends = net.asked.filter(({ method }) => method === 'append')
  expect(appends.map(({ params }) => (params as { repeat?: boolean }).repeat)).toEqual([
    undefined,
    true,
  ])
})

test('[RPC6, RPC7] anything else ends with WORKER_LOST, and sessions are opened again', async () => {
  const engine = await engineAnswers()
  const net = hosts(async (asked) => {
    if (asked.method === 'compact') return new Promise(() => {})
    return engine(asked)
  })
  const line = connectToHost(net.world)
  const states: string[] = []
  line.state.subscribe(() => states.push(line.state.get()))
  const session = await line.backfold.session('s')
  const events: string[] = []
  session.on('*', ({ type }) => events.push(type))
  const compacting = session.compact()
  await settle()
  net.kill()
  await expect(compacting).rejects.toMatchObject({ code: 'WORKER_LOST' })
  net.runTimers()
  await settle()
  expect(states).toEqual(['connected', 'lost', 'connected'])
  expect(events).toEqual(['worker-restarted'])
  expect(net.asked.filter(({ method }) => method === 'open')).toHaveLength(2)
})

test('[RPC6] where no host can be started it is tried again, ever more seldom, until there is one', async () => {
  const net = hosts(await engineAnswers())
  net.setThere(false)
  const line = connectToHost(net.world)
  const opening = line.backfold.session('s')
  const waits: number[] = []
  for (let times = 0; times < 6; times += 1) {
    await settle()
    waits.push(...net.timers.map(({ ms }) => ms).filter((ms) => ms !== 15_000))
    net.runTimers()
  }
  expect(waits).toEqual([0, 200, 1_000, 5_000, 5_000, 5_000])
  net.setThere(true)
  await settle()
  net.runTimers()
  expect((await opening).id).toBe('s')
})

test('[RPC8] it pings every 15 seconds while it is open, and not once it is closed', async () => {
  const net = hosts(await engineAnswers())
  const line = connectToHost(net.world)
  await settle()
  expect(net.timers.map(({ ms }) => ms)).toEqual([15_000])
  net.runTimers()
  net.runTimers()
  await settle()
  expect(net.told).toEqual(['ping', 'ping'])
  line.close()
  net.runTimers()
  expect(net.timers).toEqual([])
  await expect(line.rpc.ask('tabs', null)).rejects.toMatchObject({ code: 'CLOSED' })
})

test('[RPC5] notices reach who listens, until they stop', async () => {
  const net = hosts(await engineAnswers())
  const line = connectToHost(net.world)
  await settle()
  const heard: unknown[] = []
  const stop = line.onTabGone((tab) => heard.push(tab))
  line.onProtection((told) => heard.push(told))
  line.onRequests(() => heard.push('requests'))
  net.panel()?.tell('tabGone', { tab: 3 })
  net.panel()?.tell('protection', { isOpen: false })
  net.panel()?.tell('requests', null)
  await settle()
  stop()
  net.panel()?.tell('tabGone', { tab: 4 })
  await settle()
  expect(heard).toEqual([3, { isOpen: false }, 'requests'])
})
