import { expect, test } from 'vitest'
import { newSession } from '../../../../src/core/session/new-session.ts'
import { resolvePolicy } from '../../../../src/core/session/policy.ts'
import type { SessionRow } from '../../../../src/core/session/session-row.ts'
import { NEVER_SYNCED, type SyncState } from '../../../../src/core/sync/sync-state.ts'
import { SYNC_OFF, type SyncStatus } from '../../../../src/protocol/sync.ts'
import type { CompactOutcome } from '../../../../src/protocol/requests.ts'
import type { FoldDesk } from '../../../../src/sync/fleet/fold-desk.ts'
import { runFold, type FoldOutcome } from '../../../../src/sync/fleet/run-fold.ts'

const APPLIED: CompactOutcome = {
  kind: 'applied',
  generation: 1,
  tokensBefore: 100,
  tokensAfter: 10,
}

const rowWith = (sync: Partial<SyncState>): SessionRow => ({
  ...newSession('s', resolvePolicy(), 0),
  sync: { ...NEVER_SYNCED, confirmed: 9, ...sync },
})

interface FakeDesk extends FoldDesk {
  folds: number
  show(change: Partial<SyncStatus>): void
  row: SessionRow | undefined
}

function buildDesk(fold: (desk: FakeDesk) => Promise<CompactOutcome>): FakeDesk {
  const watchers = new Set<(status: SyncStatus) => void>()
  let status: SyncStatus = { ...SYNC_OFF, phase: 'connecting' }
  return {
    folds: 0,
    row: rowWith({}),
    status: () => status,
    watch(listener) {
      watchers.add(listener)
      return () => watchers.delete(listener)
    },
    session() {
      return Promise.resolve(this.row)
    },
    fold() {
      this.folds += 1
      return fold(this)
    },
    close: () => Promise.resolve(),
    show(change) {
      status = { ...status, ...change }
      for (const watcher of [...watchers]) watcher(status)
    },
  }
}

/** Folds, and the remote log takes the head with that id as that generation. */
const takenAs =
  (id: string, generation: number) =>
  async (desk: FakeDesk): Promise<CompactOutcome> => {
    // The status may come late; the row knows in the same moment.
    desk.row = { ...rowWith({}), sync: { ...NEVER_SYNCED, unsent: [{ kind: 'head', id: 'ours' }] } }
    setTimeout(() => {
      desk.row = rowWith({ head: { position: 20, id, generation } })
      desk.show({ pending: 0 })
    })
    return APPLIED
  }

async function run(
  desk: FakeDesk,
  head = '',
  signal: AbortSignal = new AbortController().signal,
): Promise<FoldOutcome> {
  const running = runFold(desk, { head }, signal)
  desk.show({ phase: 'catching-up' })
  desk.show({ phase: 'online' })
  return running
}

test('[FLEET3] a session is read, folded, and done once the remote log has the new head', async () => {
  const desk = buildDesk(takenAs('g-1', 1))
  expect(await run(desk)).toEqual({ kind: 'folded' })
  expect(desk.folds).toBe(1)
})

test('[FLEET4] where the head of another stands in the end, nothing more is done', async () => {
  expect(await run(buildDesk(takenAs('theirs', 2)))).toEqual({ kind: 'moved' })
})

test('[FLEET4] a job whose head is not the newest any more is done already', async () => {
  const desk = buildDesk(takenAs('g-2', 1))
  desk.row = rowWith({ head: { position: 9, id: 'g-1', generation: 1 } })
  expect(await run(desk, '')).toMatchObject({ kind: 'needless' })
  expect(desk.folds).toBe(0)
  expect(await run(desk, 'g-1')).toEqual({ kind: 'folded' })
})

test('[FLEET3] what is gone is not folded, and what lacks messages is left for later', async () => {
  const desk = buildDesk(takenAs('g-1', 1))
  desk.row = undefined
  expect(await run(desk)).toMatchObject({ kind: 'needless' })
  desk.row = rowWith({ lacks: 4 })
  expect(await run(desk)).toMatchObject({ kind: 'failed' })
  expect(desk.folds).toBe(0)
})

test('[FLEET5] a session that does not open is refused, with and without a grant', async () => {
  const desk = buildDesk(takenAs('g-1', 1))
  desk.row = undefined
  desk.show({ ignored: 3 })
  expect(await run(desk)).toEqual({
    kind: 'refused',
    reason: 'the session is sealed, and the job has no grant',
  })
  const granted = runFold(desk, { head: '', grant: {} }, new AbortController().signal)
  expect(await granted).toEqual({
    kind: 'refused',
    reason: 'the session is sealed, and its grant does not open it',
  })
})

test.each<readonly [CompactOutcome, FoldOutcome['kind']]>([
  [{ kind: 'skipped', reason: 'nothing to gain' }, 'needless'],
  [{ kind: 'rejected', reason: 'larger' }, 'needless'],
  [{ kind: 'failed', reason: 'threw' }, 'failed'],
  [{ kind: 'abandoned', reason: 'fenced' }, 'failed'],
  [{ ...APPLIED, kind: 'ready' }, 'failed'],
])('[FLEET3] a fold that ends as %o makes the job %s', async (outcome, kind) => {
  expect(await run(buildDesk(() => Promise.resolve(outcome)))).toMatchObject({ kind })
})

test('[FLEET3] a fold that throws, and a head that was not taken, are tried again', async () => {
  const throwing = buildDesk(() => Promise.reject(new Error('no memory')))
  expect(await run(throwing)).toEqual({ kind: 'failed', reason: 'no memory' })
  expect(await run(buildDesk(() => Promise.resolve(APPLIED)))).toMatchObject({ kind: 'failed' })
})

test('[FLEET3] a server that refuses ends the job, and says why', async () => {
  const desk = buildDesk(takenAs('g-1', 1))
  const running = runFold(desk, { head: '' }, new AbortController().signal)
  desk.show({ phase: 'offline' })
  desk.show({ phase: 'refused', reason: 'wrong credentials' })
  expect(await running).toEqual({ kind: 'failed', reason: 'wrong credentials' })
})

test('[FLEET7] a job that is stopped ends at once: while it reads, folds, or waits for its head', async () => {
  const before = new AbortController()
  before.abort()
  expect(await run(buildDesk(takenAs('g', 1)), '', before.signal)).toEqual({ kind: 'stopped' })

  const during = new AbortController()
  const folding = run(
    buildDesk(() => new Promise(() => undefined)),
    '',
    during.signal,
  )
  during.abort()
  expect(await folding).toEqual({ kind: 'stopped' })

  const after = new AbortController()
  const desk = buildDesk(async (self) => {
    self.row = rowWith({ unsent: [{ kind: 'head', id: 'ours' }] })
    setTimeout(() => after.abort())
    return APPLIED
  })
  expect(await run(desk, '', after.signal)).toEqual({ kind: 'stopped' })
})
