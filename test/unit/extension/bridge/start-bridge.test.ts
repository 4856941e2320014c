import { expect, test } from 'vitest'
import { startBridge } from '../../../../extension/bridge/start-bridge.ts'
import type { BridgeForHost, HostForBridge } from '../../../../extension/wire/bridge-wire.ts'
import { createRpc, type Handlers } from '../../../../extension/wire/rpc.ts'
import { runtimeWire, type RuntimePort } from '../../../../extension/wire/runtime-wire.ts'
import { USUAL_SITE } from '../../../../extension/settings/extension-settings.ts'

/** Two ends of a line between contexts. */
function portPair(): readonly [RuntimePort, RuntimePort] {
  const heard = [new Set<(message: unknown) => void>(), new Set<(message: unknown) => void>()]
  const ends = [0, 1].map((own) => ({
    postMessage: (message: unknown) =>
      queueMicrotask(() => {
        for (const hear of heard[1 - own] ?? []) hear(message)
      }),
    disconnect() {},
    onMessage: { addListener: (hear: (message: unknown) => void) => heard[own]?.add(hear) },
    onDisconnect: { addListener() {} },
  })) as unknown as [RuntimePort, RuntimePort]
  return ends
}

test('[BRIDGE8] a page that goes elsewhere while its host is greeted is told where it went', async () => {
  const navigation = new EventTarget()
  const document = Object.assign(new EventTarget(), {
    ...{ title: '', readyState: 'loading', visibilityState: 'visible' },
    querySelector: () => null,
  })
  const location = new URL('https://chatgpt.com/')
  const page = Object.assign(new EventTarget(), {
    ...{ document, location, navigation },
    postMessage() {},
  })
  Object.assign(page, { top: page })
  const [here, there] = portPair()
  const titles: string[] = []
  let greet = (): void => {}
  const greeted = new Promise<void>((resolve) => (greet = resolve))
  const requests = {
    hello: async (place: { readonly title: string }) => {
      titles.push(place.title)
      await greeted
      return { site: USUAL_SITE, isPaused: false }
    },
  }
  const notices = { place: ({ title }: { readonly title: string }) => void titles.push(title) }
  createRpc<HostForBridge, BridgeForHost>(runtimeWire(there), {
    requests,
    notices,
  } as unknown as Handlers<HostForBridge>)
  startBridge({
    page: page as unknown as Window,
    ensureHost: async () => {},
    connect: () => here,
    isOrphan: () => false,
    now: () => Date.now(),
    after: () => () => {},
    createPill: () => {
      throw new Error('there is no document yet')
    },
    fetch,
    openPanel() {},
  })
  await expect.poll(() => titles).toEqual([''])
  document.title = 'A trip'
  navigation.dispatchEvent(new Event('currententrychange'))
  greet()
  await expect.poll(() => titles).toEqual(['', 'A trip'])
})
