import { headers } from '@nats-io/nats-core'
import { connect } from '@nats-io/transport-node'

/** Stores something as nobody of ours would, at any subject and with any headers. */
export async function publishRaw(
  address: string,
  subject: string,
  text: string,
  fields: Readonly<Record<string, string>> = {},
): Promise<void> {
  await askRaw(address, subject, text, fields)
}

/** Asks a server anything, and returns what it answers. */
export async function askRaw(
  address: string,
  subject: string,
  text: string = '',
  fields: Readonly<Record<string, string>> = {},
): Promise<unknown> {
  const connection = await connect({ servers: address })
  const written = headers()
  for (const [name, value] of Object.entries(fields)) written.set(name, value)
  try {
    const answer = await connection.request(subject, text, { timeout: 5_000, headers: written })
    return answer.json()
  } finally {
    await connection.close()
  }
}
