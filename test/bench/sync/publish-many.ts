import { headers, nuid, type NatsConnection } from '@nats-io/nats-core'
import { writeHeaders } from '../../../src/sync/nats/entry-headers.ts'

/** Writes that are under way at once: of more than that the server drops some. */
const MOST_OPEN = 1_000

export interface PublishMany {
  publish(subject: string, bytes: Uint8Array, id: string): Promise<void>
  /** Resolves once all is stored. */
  end(): Promise<void>
}

/**
 * Publishes entries with a window.
 *
 * @param isForgotten - The server is not to keep the ids in mind, as it does not of entries that are older than minutes.
 */
export function createPublishMany(connection: NatsConnection, isForgotten = false): PublishMany {
  const inbox = `_INBOX.${nuid.next()}`
  let open = 0
  let failure: string | undefined
  let wake: () => void = () => undefined
  const below = async (most: number): Promise<void> => {
    while (open > most) await new Promise<void>((resolve) => (wake = resolve))
    if (failure !== undefined) throw new Error(failure)
  }
  connection.subscribe(inbox, {
    callback: (_error, answer) => {
      const { error } = answer.json<{ readonly error?: { readonly description: string } }>()
      if (error) failure = error.description
      open -= 1
      wake()
    },
  })
  return {
    async publish(subject, bytes, id) {
      await below(MOST_OPEN - 1)
      open += 1
      const own = headers()
      if (isForgotten) own.set('Nats-Was-Id', `${subject}#${id}`)
      else writeHeaders(own, subject, { id })
      connection.publish(subject, bytes, { headers: own, reply: inbox })
    },
    end: () => below(0),
  }
}
