import { headers } from '@nats-io/nats-core'
import { expect, test } from 'vitest'
import type { OutgoingEntry } from '../../../../src/core/ports/remote-log.ts'
import type { NatsLink } from '../../../../src/sync/nats/nats-link.ts'
import { SpaceWriter } from '../../../../src/sync/nats/write-entries.ts'
import { playServer, type PlayedServer, type Sent } from './build-nats.ts'

function buildWriter(server: PlayedServer) {
  const told = { position: 0 }
  let unsure = 0
  const link = { space: 's', timeoutMs: 1_000, current: () => server.connected }
  const onUnsure = (): void => {
    unsure += 1
  }
  const writer = new SpaceWriter(link as unknown as NatsLink, told, headers, onUnsure)
  return { writer, told, unsure: () => unsure }
}

function entry(id: string, channel: OutgoingEntry['channel'] = 'heads'): OutgoingEntry {
  return { token: 't', channel, id, bytes: new Uint8Array(1) }
}

function refuse(code: number, description: string) {
  return { error: { code: 400, err_code: code, description }, seq: 0 }
}

const header = ({ headers: written }: Sent, name: string): string => written?.get(name) ?? ''

test('[RLOG5] a busy subject is tried again, and only a moved one has moved', async () => {
  let tries = 0
  const server = playServer(() => {
    tries += 1
    return tries < 4 ? refuse(10_164, 'wrong last sequence in process') : { stream: 'BF', seq: 9 }
  })
  const { writer } = buildWriter(server)
  expect(await writer.commit([entry('a')], 3)).toEqual({ kind: 'stored', position: 9 })
  expect(tries).toBe(4)
  expect(server.sent.map((sent) => header(sent, 'Nats-Expected-Last-Subject-Sequence'))).toEqual([
    '3',
    '3',
    '3',
    '3',
  ])
})

test('[RLOG5] a subject that stays busy is unsure in the end', async () => {
  const { writer, unsure } = buildWriter(playServer(() => refuse(10_164, 'in process')))
  expect((await writer.commit([entry('a')], 3)).kind).toBe('unsure')
  expect(unsure()).toBe(1)
})

test('[RLOG3] what a refused condition names counts as told', async () => {
  const { writer, told } = buildWriter(playServer(() => refuse(10_071, 'wrong last sequence: 42')))
  expect(await writer.commit([entry('a')], 3)).toEqual({ kind: 'moved' })
  expect(told.position).toBe(42)
})

test.each([
  [10_054, 'message size exceeds maximum allowed', 'too-large'],
  [10_077, 'maximum bytes exceeded', 'full'],
  [10_047, 'insufficient storage resources available', 'full'],
  [10_109, 'invalid operation on sealed stream', 'failed'],
])('[RLOG7] the server refuses with %i %s: %s', async (code, description, reason) => {
  const { writer } = buildWriter(playServer(() => refuse(code, description)))
  const outcome = await writer.append(entry('a'))
  expect(outcome).toMatchObject({ kind: 'refused', reason })
})

test.each([
  new Error('timeout'),
  refuse(10_008, 'JetStream system temporarily unavailable'),
  { stream: 'BF' },
])('[RLOG7] an answer that tells nothing is unsure', async (answer) => {
  const { writer } = buildWriter(playServer(() => answer))
  expect((await writer.append(entry('a'))).kind).toBe('unsure')
  expect((await writer.commit([entry('a')], 0)).kind).toBe('unsure')
})

test('[RLOG6] a batch has one id and turns, and its condition is on the last alone', async () => {
  const server = playServer((sent) =>
    header(sent, 'Nats-Batch-Commit') === '1'
      ? { stream: 'BF', seq: 12, batch: 'x', count: 3 }
      : undefined,
  )
  const { writer } = buildWriter(server)
  const entries = [entry('r1', 'rows'), entry('r2', 'rows'), entry('h')]
  expect(await writer.commit(entries, 5)).toEqual({ kind: 'stored', position: 12 })
  const read = (name: string) => server.sent.map((sent) => header(sent, name))
  expect(new Set(read('Nats-Batch-Id')).size).toBe(1)
  expect(read('Nats-Batch-Sequence')).toEqual(['1', '2', '3'])
  expect(read('Nats-Batch-Commit')).toEqual(['', '', '1'])
  expect(read('Nats-Expected-Last-Subject-Sequence')).toEqual(['', '', '5'])
  expect(read('Nats-Msg-Id')).toEqual(['bf.s.t.r#r1', 'bf.s.t.r#r2', 'bf.s.t.g#h'])
})

test('[RLOG6] where the first of a batch was stored as if it were alone, the others follow one by one', async () => {
  let seq = 0
  const server = playServer(() => ({ stream: 'BF', seq: (seq += 1) }))
  const { writer } = buildWriter(server)
  await writer.commit([entry('r1', 'rows'), entry('r2', 'rows'), entry('h')], 5)
  const rest = server.sent.slice(1)
  const last = rest.at(-1) ?? { subject: '', text: '' }
  expect(rest.map((sent) => header(sent, 'Nats-Batch-Id'))).toEqual(['', '', ''])
  expect(header(last, 'Nats-Expected-Last-Subject-Sequence')).toBe('5')
})

test('[RLOG6] where a member was not stored, the head is not sent', async () => {
  const server = playServer(
    ({ subject }) => (subject.endsWith('.r') ? new Error('timeout') : { stream: 'BF', seq: 1 }),
    false,
  )
  const { writer } = buildWriter(server)
  expect((await writer.commit([entry('r', 'rows'), entry('h')], 0)).kind).toBe('unsure')
  expect(server.sent.map(({ subject }) => subject)).toEqual(['bf.s.t.r'])
})

test.each(['', 'x'.repeat(600), '\ud800'])(
  '[RLOG7] an id that can not be kept is refused',
  async (id) => {
    const { writer } = buildWriter(playServer(() => ({ seq: 1 })))
    expect(await writer.append(entry(id))).toMatchObject({ kind: 'refused', reason: 'failed' })
  },
)
