import type { JobQueue, Offered } from '../../core/ports/job-queue.ts'
import type { SessionRow } from '../../core/session/session-row.ts'
import type { Grant } from '../seal/grant.ts'

export interface OfferPorts {
  readonly queue: Pick<JobQueue, 'offer'>
  readonly space: string
  token(session: string): Promise<string>
  /** Keys of the session for the workers; only where the space is sealed. */
  grant?(session: string): Promise<Grant>
}

export type FoldOffered =
  | Offered
  /** Nobody could fold it: the remote log does not have it, or not all of it. */
  | { readonly kind: 'too-early' }

/**
 * Asks the fleet to fold a session that has reached its soft threshold. It may be called as often as that is noticed: a
 * session has one place in the queue.
 *
 * @see SPEC.md rules FLEET1, FLEET2
 */
export async function offerFold(
  ports: OfferPorts,
  { id, sync, policy }: SessionRow,
): Promise<FoldOffered> {
  if (sync === undefined || sync.confirmed === 0 || sync.lacks !== undefined) {
    return { kind: 'too-early' }
  }
  // A head that was not sent yet is what the next fold begins with.
  if (sync.unsent.some(({ kind }) => kind === 'head')) return { kind: 'too-early' }
  const grant = await ports.grant?.(id)
  const place = { space: ports.space, token: await ports.token(id) }
  const { budget, retainedTail, largePayloadTokens, blockTokens, minimumGain, summarisers } = policy
  return ports.queue.offer(place, {
    head: sync.head.id,
    // Whom a session may not be shown to here it is not shown to elsewhere.
    policy: { budget, retainedTail, largePayloadTokens, blockTokens, minimumGain, summarisers },
    ...(grant && { grant: { ...grant } }),
  })
}
