import { connect } from '@nats-io/transport-node'
import { subjectOf } from '../../../src/sync/nats/space-subjects.ts'
import { createPlainSealer } from '../../../src/sync/plain-sealer.ts'
import { createPublishMany } from './publish-many.ts'

export interface ManySpaces {
  /** Sessions of a space. */
  readonly perSpace: number
  readonly entriesPerSubject: number
  readonly bytes: number
}

/** Puts entries at subjects from one up to another; those of a space follow each other. */
export async function fillSubjects(
  server: string,
  [from, to]: readonly [number, number],
  { perSpace, entriesPerSubject, bytes }: ManySpaces,
): Promise<void> {
  const sealer = createPlainSealer()
  const names = Array.from({ length: perSpace }, (_, n) => `s${n}`)
  const tokens = await Promise.all(names.map((session) => sealer.token(session)))
  const connection = await connect({ servers: server })
  const { publish, end } = createPublishMany(connection, true)
  const payload = new Uint8Array(bytes).fill(97)
  for (let entry = 0; entry < entriesPerSubject; entry += 1) {
    for (let n = from; n < to; n += 1) {
      const token = tokens[n % perSpace] ?? ''
      const space = `p${Math.floor(n / perSpace)}`
      await publish(
        subjectOf(space, { token, channel: 'log' }),
        payload,
        `${n}-${entry}-${'-'.repeat(28)}`,
      )
    }
  }
  await end()
  await connection.close()
}
