import { expect, test } from 'vitest'
import type { Method } from '../../../../src/protocol/requests.ts'
import { createFileDesk } from '../../../../extension/host/file-desk.ts'
import { passEngineRequest } from '../../../../extension/host/pass-engine-request.ts'
import { fromBase64, toBase64 } from '../../../../extension/wire/base64.ts'

/** An engine that only notes what reaches it. */
function scene() {
  const asked: (readonly [string, unknown])[] = []
  const files = createFileDesk()
  const bytes = new Uint8Array([0, 1, 254, 255])
  const parts = {
    files,
    protect: async (passphrase: string | null) => {
      asked.push(['protect', passphrase])
      return { kind: 'on' as const, rows: 1, mayRemain: false }
    },
    call: (async (method: string, params: unknown) => {
      asked.push([method, params])
      return method === 'exportChunk' ? { bytes, progress: 1 } : 'answered'
    }) as never,
  }
  return {
    asked,
    files,
    bytes,
    ask: (method: Method, params?: unknown) => passEngineRequest(parts, method, params),
  }
}

test('[HOST5] what belongs to the chats or to the host is refused, and all else is passed', async () => {
  const { ask, asked } = scene()
  for (const method of [
    'chooseSummarisers',
    'tellDevice',
    'planRequest',
    'rescueRequest',
    'recordAnswer',
    'continueRequest',
  ] as const) {
    await expect(ask(method, {})).rejects.toMatchObject({ code: 'INVALID_INPUT' })
  }
  expect(asked).toEqual([])
  expect(await ask('open', { session: 's' })).toBe('answered')
  expect(await ask('sessions', null)).toBe('answered')
  await ask('protect', { passphrase: 'p' })
  expect(asked).toEqual([
    ['open', { session: 's' }],
    ['sessions', {}],
    ['protect', 'p'],
  ])
})

test('[HOST6, RPC9] files and bytes take the form that a message can hold', async () => {
  const { ask, asked, files, bytes } = scene()
  expect(await ask('exportChunk', { transfer: 't', chunk: 0 })).toEqual({
    bytes: { $bytes: toBase64(bytes) },
    progress: 1,
  })
  expect(fromBase64(toBase64(bytes))).toEqual(bytes)
  for (const bad of [undefined, 1, 'a!']) expect(fromBase64(bad)).toBe(null)
  files.add('name', toBase64(bytes), 'text/plain')
  await ask('importFile', { transfer: 't', file: { $file: 'name' } })
  expect(asked.at(-1)?.[1]).toMatchObject({ transfer: 't', file: expect.any(Blob) as Blob })
  for (const file of [undefined, null, 'name', { $file: 'name' }, { $file: {} }]) {
    await expect(ask('importFile', { transfer: 't', file })).rejects.toMatchObject({
      code: 'INVALID_INPUT',
    })
  }
})
