import { expect, test } from 'vitest'
import { openReader, type SpaceReader } from '../../../../src/sync/nats/space-reader.ts'
import { buildHeaders, buildMessage, playServer, type PlayedServer } from './build-nats.ts'

const WISH = { stream: 'BF', space: 's', from: 1, timeoutMs: 1_000, beatMs: 60_000 }

async function open(
  pending: number,
  beatMs: number = 60_000,
): Promise<{ server: PlayedServer; reader: SpaceReader; name: string }> {
  let name = ''
  const server = playServer(({ subject }) => {
    name = subject.split('.')[5] ?? ''
    return { name, num_pending: pending, delivered: { stream_seq: 0 } }
  })
  const reader = await openReader(server.connected, { ...WISH, beatMs })
  if (reader.kind === 'broken') throw new Error(reader.reason)
  return { server, reader, name }
}

function delivery(name: string, position: number, turn: number, pending: number) {
  const reply = `$JS.ACK.BF.${name}.1.${position}.${turn}.0.${pending}`
  return buildMessage({ subject: 'bf.s.t.m', reply, text: 'x' })
}

test('[RLOG15] what is delivered in turn is read, and it is said when that was all', async () => {
  const { server, reader, name } = await open(2)
  const reading = reader.read(false)
  server.tell(delivery(name, 10, 1, 1))
  server.tell(delivery(name, 14, 2, 0))
  const read = await reading
  expect(read).toMatchObject({
    kind: 'read',
    delivered: [{ position: 10 }, { position: 14 }],
    isAll: true,
  })
  expect(await reader.read(false)).toEqual({ kind: 'read', delivered: [], isAll: true })
})

test('[RLOG15] a gap in what was delivered breaks a reader, and nothing of it is read any more', async () => {
  const { server, reader, name } = await open(3)
  server.tell(delivery(name, 10, 1, 2))
  server.tell(delivery(name, 12, 3, 0))
  expect(await reader.read(true)).toEqual({ kind: 'broken', reason: 'something did not arrive' })
  expect(server.sent.at(-1)?.subject).toBe(`$JS.API.CONSUMER.DELETE.BF.${name}`)
})

test('[RLOG15] a beat that tells of more than arrived breaks a reader, another one does not', async () => {
  const { server, reader, name } = await open(2)
  const beat = (sent: string) =>
    buildMessage({ headers: buildHeaders({ 'Nats-Last-Consumer': sent }, 100, 'Idle Heartbeat') })
  server.tell(delivery(name, 10, 1, 1))
  server.tell(beat('1'))
  expect((await reader.read(true)).kind).toBe('read')
  const reading = reader.read(true)
  server.tell(beat('2'))
  expect(await reading).toEqual({ kind: 'broken', reason: 'the end did not arrive' })
})

test('[RLOG15] a server that says nothing any more breaks a reader', async () => {
  const { reader } = await open(0, 20)
  expect(await reader.read(true)).toEqual({ kind: 'broken', reason: 'the server says nothing' })
})

test('[RLOG15] what was asked for and does not come is asked for again', async () => {
  const { server, reader, name } = await open(1)
  const reading = reader.read(true)
  const pulls = () => server.sent.filter(({ subject }) => subject.includes('MSG.NEXT'))
  expect(pulls()).toHaveLength(1)
  const { reply = '' } = pulls()[0] ?? {}
  server.tell(buildMessage({ subject: reply, headers: buildHeaders({}, 408, 'Request Timeout') }))
  await expect.poll(pulls).toHaveLength(2)
  server.tell(delivery(name, 5, 1, 0))
  expect(await reading).toMatchObject({ kind: 'read', delivered: [{ position: 5 }] })
})

test.each([
  [409, 'Consumer Deleted'],
  [409, 'Server Shutdown'],
  [503, 'No Responders'],
])('[RLOG15] a refusal breaks a reader: %i %s', async (code, text) => {
  const { server, reader } = await open(1)
  const reading = reader.read(true)
  server.tell(buildMessage({ headers: buildHeaders({}, code, text) }))
  expect((await reading).kind).toBe('broken')
})

test('[RLOG14] what does not name the reader is no delivery', async () => {
  const { server, reader, name } = await open(1)
  const reading = reader.read(true)
  server.tell(delivery('another', 3, 1, 0))
  server.tell(buildMessage({ reply: 'bf.s.t.m', text: 'x' }))
  server.tell(buildMessage({ text: '{"stream":"BF","seq":1}' }))
  server.tell(delivery(name, 4, 1, 0))
  expect(await reading).toMatchObject({ kind: 'read', delivered: [{ position: 4 }] })
})

test('[RLOG15] the longer form of a delivery is read too', async () => {
  const { server, reader, name } = await open(1)
  const reading = reader.read(true)
  const reply = `$JS.ACK.domain.hash.BF.${name}.1.7.1.0.0.random`
  server.tell(buildMessage({ subject: 'bf.s.t.m', reply, text: 'x' }))
  expect(await reading).toMatchObject({ kind: 'read', delivered: [{ position: 7 }], isAll: true })
})
