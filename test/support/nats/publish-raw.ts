import { connect } from '@nats-io/transport-node'

/** Stores something as nobody of ours would: without an id, at any subject. */
export async function publishRaw(address: string, subject: string, text: string): Promise<void> {
  const connection = await connect({ servers: address })
  try {
    await connection.request(subject, text)
  } finally {
    await connection.close()
  }
}
