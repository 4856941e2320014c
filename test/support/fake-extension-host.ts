import type {
  BridgeForHost,
  BridgeSettings,
  HostForBridge,
  PagePlace,
} from '../../extension/wire/bridge-wire.ts'
import { createRpc, type Rpc } from '../../extension/wire/rpc.ts'
import { type RuntimePort, runtimeWire } from '../../extension/wire/runtime-wire.ts'
import { USUAL_SITE } from '../../extension/settings/extension-settings.ts'
import type { PagePlan } from '../../extension/wire/page-wire.ts'

export const USUAL: BridgeSettings = { site: USUAL_SITE, isPaused: false }

/** Two ends of a runtime port: JSON passes, and each hears of the other's end. */
function createPorts(): readonly [RuntimePort, RuntimePort, vanish: () => void] {
  const ends = [createEnd(), createEnd()] as const
  let isOpen = true
  const portOf = (own: number): RuntimePort => ({
    postMessage(message) {
      if (!isOpen) throw new Error('Attempting to use a disconnected port object')
      const text = JSON.stringify(message)
      queueMicrotask(() => {
        if (isOpen) ends[1 - own]?.messages.forEach((hear) => hear(JSON.parse(text)))
      })
    },
    disconnect() {
      if (!isOpen) return
      isOpen = false
      ends[1 - own]?.endings.forEach((hear) => hear())
    },
    onMessage: { addListener: (hear) => void ends[own]?.messages.push(hear) },
    onDisconnect: { addListener: (hear) => void ends[own]?.endings.push(hear) },
  })
  return [portOf(0), portOf(1), () => void (isOpen = false)]
}

function createEnd(): {
  readonly messages: ((message: unknown) => void)[]
  readonly endings: (() => void)[]
} {
  return { messages: [], endings: [] }
}

/** A host that a bridge can reach while it runs, and everything that it heard in all its lives. */
export interface FakeHost {
  /** What was said, as `method what`, in order. */
  readonly heard: string[]
  readonly places: PagePlace[]
  readonly pings: () => number
  readonly connections: () => number
  /** The bridge that is connected now. */
  readonly bridge: () => Rpc<BridgeForHost> | undefined
  /** What the browser gives to those who connect. */
  readonly connect: () => RuntimePort
  settings: BridgeSettings
  plan: () => PagePlan | Promise<PagePlan>
  /** Before a thing counts as stored. */
  store: (said: string) => Promise<void>
  isThere: boolean
  /** Ends it as browsers do; the next one is there at once. */
  die(): void
  /** Ends the connection without a word. */
  vanish(): void
}

export function createFakeHost(): FakeHost {
  let port: RuntimePort | undefined
  let rpc: Rpc<BridgeForHost> | undefined
  let vanish = (): void => {}
  let pings = 0
  let connections = 0
  const take = async (said: string): Promise<null> => {
    host.heard.push(said)
    await host.store(said)
    return null
  }
  const host: FakeHost = {
    heard: [],
    places: [],
    pings: () => pings,
    connections: () => connections,
    bridge: () => rpc,
    settings: USUAL,
    plan: () => ({ kind: 'pass' }),
    store: async () => {},
    isThere: true,
    connect() {
      const [theirs, own, end] = createPorts()
      vanish = end
      connections += 1
      port = own
      rpc = createRpc<HostForBridge, BridgeForHost>(runtimeWire(own), {
        requests: {
          async hello(place) {
            host.places.push(place)
            return host.settings
          },
          plan: async () => host.plan(),
          rescue: async () => host.plan(),
          answer: ({ plan, answer }) => take(`answer ${plan} ${answer}`),
          observed: ({ text }) => take(`observed ${text}`),
          captured: ({ conversation }) => take(`captured ${conversation}`),
        },
        notices: {
          place: (place) => void host.places.push(place),
          health: () => {},
          window: ({ model, tokens }) => void host.heard.push(`window ${model} ${tokens}`),
          ping: () => void (pings += 1),
          pill: () => {},
        },
      })
      return theirs
    },
    die() {
      rpc = undefined
      port?.disconnect()
    },
    vanish: () => vanish(),
  }
  return host
}
