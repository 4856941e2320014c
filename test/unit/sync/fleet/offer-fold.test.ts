import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { FoldPlace } from '../../../../src/core/ports/job-queue.ts'
import { newSession } from '../../../../src/core/session/new-session.ts'
import { resolvePolicy } from '../../../../src/core/session/policy.ts'
import type { SessionRow } from '../../../../src/core/session/session-row.ts'
import { readFoldJob, writeFoldJob, type FoldJob } from '../../../../src/core/sync/fold-job.ts'
import { NEVER_SYNCED, type SyncState } from '../../../../src/core/sync/sync-state.ts'
import { offerFold, type OfferPorts } from '../../../../src/sync/fleet/offer-fold.ts'
import {
  nameWorkerKey,
  newWorkerKeys,
  openGrant,
  readGrant,
} from '../../../../src/sync/seal/grant.ts'
import { buildKeyringHome } from '../../../support/sync/build-keyring-home.ts'
import { openTestKeyring } from '../../../support/sync/open-test-keyring.ts'

const rowWith = (sync?: Partial<SyncState>): SessionRow => ({
  ...newSession('s', resolvePolicy(), 0),
  ...(sync && { sync: { ...NEVER_SYNCED, confirmed: 9, ...sync } }),
})

function buildPorts(): OfferPorts & { readonly offered: [FoldPlace, FoldJob][] } {
  const offered: [FoldPlace, FoldJob][] = []
  return {
    offered,
    queue: {
      offer: async (place, job) => {
        offered.push([place, job])
        return { kind: offered.length > 1 ? 'already-queued' : 'queued' }
      },
    },
    space: 'home',
    token: async (session) => `token-of-${session}`,
  }
}

test('[FLEET1] a device queues a session with the head that it saw', async () => {
  const ports = buildPorts()
  const synced = rowWith({ head: { position: 4, id: 'g-1', generation: 1 } })
  const row = { ...synced, policy: { ...synced.policy, summarisers: ['of this device'] } }
  expect(await offerFold(ports, row)).toEqual({ kind: 'queued' })
  expect(await offerFold(ports, row)).toEqual({ kind: 'already-queued' })
  const { budget, retainedTail, largePayloadTokens, blockTokens, minimumGain } = row.policy
  const summarisers = ['of this device']
  expect(ports.offered[0]).toEqual([
    { space: 'home', token: 'token-of-s' },
    {
      head: 'g-1',
      policy: { budget, retainedTail, largePayloadTokens, blockTokens, minimumGain, summarisers },
    },
  ])
})

test('[FLEET1] what nobody else could fold is not queued', async () => {
  const ports = buildPorts()
  const early = [
    rowWith(),
    rowWith({ confirmed: 0 }),
    rowWith({ lacks: 3 }),
    rowWith({ unsent: [{ kind: 'head', id: 'g-2' }] }),
  ]
  for (const row of early) expect(await offerFold(ports, row)).toEqual({ kind: 'too-early' })
  expect(ports.offered).toEqual([])
})

test('[FLEET2] a job of a sealed space carries keys for the worker, and nothing of what was said', async () => {
  const keyring = await openTestKeyring(buildKeyringHome())
  const keys = await newWorkerKeys(false)
  const worker = await nameWorkerKey(keys.publicKey)
  const ports = buildPorts()
  const { sealer } = keyring
  await offerFold(
    { ...ports, token: (s) => sealer.token(s), grant: (s) => keyring.grant(s, worker) },
    rowWith({}),
  )
  const [place, job] = ports.offered[0] ?? []
  const read = job && readFoldJob(writeFoldJob(job))
  expect(writeFoldJob(job ?? { head: '' })).not.toContain('"s"')
  const grant = read?.grant && readGrant(read.grant)
  if (!grant || !place) throw new Error('no grant')
  expect((await openGrant(grant, keys, place)).kind).toBe('open')
})

test('[FLEET2] a job comes back as it was written, and what is none is left out', () => {
  fc.assert(
    fc.property(fc.string({ maxLength: 64 }), (head) => {
      expect(readFoldJob(writeFoldJob({ head }))).toEqual({ head })
      const whole = { head, grant: { a: 1 }, policy: { b: 2 } }
      expect(readFoldJob(writeFoldJob(whole))).toEqual(whole)
    }),
  )
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.json()), (text) => {
      expect(readFoldJob(text)).toBeUndefined()
    }),
  )
  for (const bad of [
    '{"version":2,"head":""}',
    '{"version":1}',
    '{"version":1,"head":"","grant":[]}',
    '{"version":1,"head":"","policy":1}',
  ]) {
    expect(readFoldJob(bad)).toBeUndefined()
  }
  expect(readGrant({ kind: 'grant', version: 2 })).toBeUndefined()
})
