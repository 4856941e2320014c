import 'fake-indexeddb/auto'
import { expect, test } from 'vitest'
import { LOCAL_MODELS } from '../../../../src/core/models/local-model.ts'
import { checkLocalOptions } from '../../../../src/core/models/check-local-options.ts'
import type { Backfold } from '../../../../src/client/session.ts'
import type { SummariserOptions } from '../../../../src/protocol/summariser-options.ts'
import { allowChoices } from '../../../../extension/host/allow-choices.ts'
import { createLadderChooser } from '../../../../extension/host/choose-ladder.ts'
import { createFileDesk } from '../../../../extension/host/file-desk.ts'
import { createHostMemory } from '../../../../extension/host/host-memory.ts'
import { watchIdle } from '../../../../extension/host/watch-idle.ts'
import { toBase64 } from '../../../../extension/wire/base64.ts'

test('[HOST6] a file is put together of its pieces, once, within bounds', async () => {
  const desk = createFileDesk()
  const bytes = crypto.getRandomValues(new Uint8Array(60_000))
  for (let at = 0; at < bytes.length; at += 9_000) {
    desk.add('a', toBase64(bytes.subarray(at, at + 9_000)), 'application/zip')
  }
  const file = desk.take('a')
  expect(file.type).toBe('application/zip')
  expect(new Uint8Array(await file.arrayBuffer())).toEqual(bytes)
  expect(() => desk.take('a')).toThrow('not handed over')
  desk.add('empty', '', '')
  expect(desk.take('empty').size).toBe(0)
  for (const name of ['1', '2', '3', '4']) desk.add(name, 'AAAA', '')
  expect(() => desk.add('5', 'AAAA', '')).toThrow('a piece of a file')
  expect(() => desk.add('1', 'not base64!', '')).toThrow('a piece of a file')
  expect(() => desk.add('1', 'A'.repeat(12_000_001), '')).toThrow('a piece of a file')
  desk.clear()
  expect(() => desk.take('1')).toThrow('not handed over')
})

test('[HOST7] small texts are remembered by name, and what is too long is not', async () => {
  const memory = createHostMemory('memory')
  expect(await memory.get('a')).toBe(null)
  await Promise.all([memory.set('a', '1'), memory.set('b', '2')])
  await memory.set('a', 'x'.repeat(200_001))
  await memory.set('n'.repeat(501), 'x')
  const other = createHostMemory('memory')
  expect([await other.get('a'), await other.get('b')]).toEqual(['1', '2'])
  await other.set('a', null)
  expect(await memory.get('a')).toBe(null)
  expect(await memory.get('n'.repeat(501))).toBe(null)
})

test('[HOST11] a step that makes no sense is left out, and the others stay', async () => {
  const chosen: (readonly SummariserOptions[])[] = []
  const summarisers = {
    async choose(choices: readonly SummariserOptions[]) {
      if (choices.some(({ kind }) => kind === 'anthropic')) throw new Error('INVALID_INPUT')
      chosen.push(choices)
    },
  }
  let opened: Backfold | null = null
  const chooser = createLadderChooser({
    allowChoices: async (ladder) => ladder.filter(({ kind }) => kind !== 'webllm'),
    opened: () => opened,
  })
  const good: SummariserOptions = { kind: 'browser-ai' }
  await chooser.to([{ kind: 'webllm' }, { kind: 'anthropic', model: '' }, good])
  expect(chosen).toEqual([])
  opened = { summarisers: async () => summarisers } as unknown as Backfold
  await chooser.again()
  expect(chosen.at(-1)).toEqual([good])
  await chooser.to([])
  expect(chosen.at(-1)).toEqual([])
})

test('[HOST12] ten minutes without a connection or a job close it, and not before', async () => {
  let now = 0
  let isBusy = true
  let closed = 0
  const timers: (() => void)[] = []
  const idle = watchIdle({
    now: () => now,
    after: (ms, callback) => {
      expect(ms).toBe(60_000)
      timers.push(callback)
      return () => {}
    },
    isBusy: async () => isBusy,
    close: () => void (closed += 1),
  })
  const minutes = async (count: number): Promise<void> => {
    for (let minute = 0; minute < count; minute += 1) {
      now += 60_000
      timers.splice(0).forEach((callback) => callback())
      await new Promise((resolve) => setTimeout(resolve))
    }
  }
  await minutes(30)
  isBusy = false
  await minutes(9)
  expect(closed).toBe(0)
  idle.touch()
  await minutes(9)
  expect(closed).toBe(0)
  await minutes(1)
  expect(closed).toBe(1)
})

test('[PACK6] a local model runs with a library of the package only, by its hash', () => {
  const name = 'Llama-3.2-1B-Instruct-q4f16_1_cs1k-webgpu.wasm'
  const sha256 = 'ab'.repeat(32)
  const address = (file: string): string => `chrome-extension://id/models/${file}`
  const remote: SummariserOptions = { kind: 'anthropic', model: 'm' }
  const allow = (choice: SummariserOptions, packaged = [{ name, sha256 }]) =>
    allowChoices([choice, remote], packaged, address)
  expect(allow({ kind: 'webllm' }, [])).toEqual([remote])
  expect(allow({ kind: 'webllm', model: 'SmolLM2-360M-Instruct-q4f16_1-MLC' })).toEqual([remote])
  const own = { ...LOCAL_MODELS[0], id: 'own', library: 'https://evil.test/lib.wasm' }
  expect(allow({ kind: 'webllm', model: 'own', models: [own as never] })).toEqual([remote])
  const [local] = allow({ kind: 'webllm', models: [own as never] })
  expect(local).toMatchObject({ kind: 'webllm', model: 'Llama-3.2-1B-Instruct-q4f16_1-MLC' })
  const models = local?.kind === 'webllm' ? (local.models ?? []) : []
  expect(models.map(({ library }) => library)).toEqual([address(name)])
  const bytes = Buffer.from(sha256, 'hex').toString('base64')
  expect(models[0]?.integrity).toEqual({ [name]: `sha256-${bytes}` })
  expect(local?.kind === 'webllm' && checkLocalOptions(local, LOCAL_MODELS)).toBe(undefined)
})
