import { connect } from '@nats-io/transport-node'
import { stampDraft } from '../../../src/core/session/append.ts'
import { SPACE_ROWS } from '../../../src/core/sync/space-record.ts'
import type { SyncRecord } from '../../../src/core/sync/sync-record.ts'
import { reachSpace } from '../../../src/sync/nats/reach-space.ts'
import { subjectOf } from '../../../src/sync/nats/space-subjects.ts'
import { createTokens } from '../../../src/sync/open-entries.ts'
import { packRecord } from '../../../src/sync/pack-record.ts'
import { createPlainSealer } from '../../../src/sync/plain-sealer.ts'
import { createKeyringHome } from '../../../src/sync/seal/keyring-home-over-log.ts'
import { readWhole } from '../../../src/sync/seal/read-whole.ts'
import type { Sealer } from '../../../src/sync/sealer.ts'
import { systemClock } from '../../../src/tabs/system-clock.ts'
import { openTestKeyring } from '../../support/sync/open-test-keyring.ts'
import { createTexts } from '../texts.ts'
import { createPublishMany } from './publish-many.ts'

/** What a space is to hold, as devices would have said it. */
export interface Filling {
  readonly space: string
  /** Seals it. */
  readonly passphrase?: string
  /** Named `s0`, `s1` and so on. */
  readonly sessions: number
  /** Of all sessions together. */
  readonly messages: number
  /** Characters of a message. */
  readonly bytes: number
}

/** Says it all, a message of each session in turn. Resolves once everything is stored. */
export async function fillSpace(server: string, filling: Filling): Promise<void> {
  const sealer = await openSealer(server, filling)
  const connection = await connect({ servers: server })
  const { publish, end } = createPublishMany(connection)
  const texts = createTexts()
  const tokens = createTokens(sealer)
  const { space, sessions, messages, bytes } = filling
  for (let n = 0; n < messages; n += 1) {
    const session = `s${n % sessions}`
    const turn = Math.floor(n / sessions)
    const role = turn % 2 === 0 ? 'user' : 'assistant'
    const message = stampDraft(
      { role, parts: [{ type: 'text', text: texts(bytes) }] },
      { id: `${session}-${turn}`, at: turn + 1, count: (text) => Math.ceil(text.length / 4) },
    )
    const fields = { session, id: message.id, by: 'filler', confirmed: turn }
    const record: SyncRecord = { ...fields, kind: 'message', message }
    const entry = await packRecord({ sealer, tokens }, record)
    await publish(subjectOf(space, entry), entry.bytes, entry.id)
  }
  await end()
  await connection.close()
}

/** The first to come makes the stream, and the keys of the space. */
async function openSealer(
  server: string,
  { space, passphrase }: Pick<Filling, 'space' | 'passphrase'>,
): Promise<Sealer> {
  const reach = (session?: string) =>
    reachSpace({ servers: [server], space, ...(session && { session }) }, () => {})
  const { log } = await reach()
  try {
    if (passphrase === undefined) return createPlainSealer()
    const home = createKeyringHome(log, async () => {
      const own = await reach(SPACE_ROWS.token)
      const entries = await readWhole(own.log, systemClock)
      await own.log.close()
      return entries
    })
    const device = { passphrase, space, isReal: true }
    return (await openTestKeyring(home, device)).sealer
  } finally {
    await log.close()
  }
}
