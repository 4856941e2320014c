import type { Leases } from '../core/ports/leases.ts'
import type { Claims } from './tab-claims.ts'

/**
 * Leases that also hold towards other devices: first the one among the tabs of this browser, then the claim among devices.
 * Where these can't be asked, the former alone.
 *
 * @see SPEC.md rules PUMP13–PUMP15
 */
export function createClaimLeases(
  local: Leases,
  claims: Pick<Claims, 'acquire' | 'isFree'>,
): Leases {
  return {
    isFree: async (session) => claims.isFree(session) && (await local.isFree(session)),
    async acquire(session, signal) {
      const lease = await local.acquire(session, signal)
      try {
        const claim = await claims.acquire(session, signal)
        return {
          lost: Promise.race([lease.lost, claim.lost]),
          release() {
            claim.release()
            lease.release()
          },
        }
      } catch (failure) {
        lease.release()
        throw failure
      }
    },
  }
}
