import { expect, test } from 'vitest'
import { createRpc, type Side } from '../../../../extension/wire/rpc.ts'
import { runtimeWire } from '../../../../extension/wire/runtime-wire.ts'
import { fakePorts } from './fake-port.ts'

interface Echo extends Side {
  readonly requests: {
    readonly echo: { readonly params: string; readonly result: string }
    readonly grow: { readonly params: number; readonly result: string }
  }
  readonly notices: Record<never, never>
}
interface None extends Side {
  readonly requests: Record<never, never>
  readonly notices: Record<never, never>
}

function pair() {
  const [here, there] = fakePorts()
  createRpc<Echo, None>(runtimeWire(there), {
    requests: { echo: async (text) => text, grow: async (length) => 'x'.repeat(length) },
    notices: {},
  })
  return {
    here,
    there,
    rpc: createRpc<None, Echo>(runtimeWire(here), { requests: {}, notices: {} }),
  }
}

test('[RPC1] questions and answers cross a port, and its end is told once', async () => {
  const { here, there, rpc } = pair()
  expect(await Promise.all([rpc.ask('echo', 'a'), rpc.ask('echo', '\ud800')])).toEqual([
    'a',
    '\ud800',
  ])
  let ends = 0
  const wire = runtimeWire(here)
  wire.onEnd(() => (ends += 1))
  const waiting = rpc.ask('echo', 'never')
  there.disconnect()
  await expect(waiting).rejects.toMatchObject({ code: 'WORKER_LOST' })
  there.disconnect()
  expect(ends).toBe(1)
  wire.send({ tell: 'late' })
  let isLate = false
  wire.onEnd(() => (isLate = true))
  await Promise.resolve()
  expect(isLate).toBe(true)
})

test('[RPC2] what is too long to be sent ends in an error, and the wire goes on', async () => {
  const { rpc } = pair()
  const long = 'x'.repeat(2_000_000)
  await expect(rpc.ask('echo', long)).rejects.toMatchObject({ code: 'INVALID_INPUT' })
  await expect(rpc.ask('grow', long.length)).rejects.toMatchObject({ code: 'INVALID_INPUT' })
  expect(await rpc.ask('echo', 'short')).toBe('short')
})

test('[RPC2] a port that ended unheard counts as ended once something is sent, and closing it throws nothing', async () => {
  const { here, rpc } = pair()
  const gone = (): never => {
    throw new Error('Extension context invalidated.')
  }
  let ends = 0
  const wire = runtimeWire({ ...here, postMessage: gone, disconnect: gone })
  wire.onEnd(() => (ends += 1))
  wire.send({ ask: 1, method: 'echo', params: 'a' })
  wire.send({ tell: 'late', payload: null })
  wire.close()
  expect(ends).toBe(1)
  expect(await rpc.ask('echo', 'a')).toBe('a')
})
