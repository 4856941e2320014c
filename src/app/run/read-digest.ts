import type { Session } from '../../client/session.ts'
import type { DigestLine } from '../../core/session/generation.ts'

/** The digest of the head; empty while nothing was folded. */
export async function readDigest(session: Session): Promise<readonly DigestLine[]> {
  const { generation } = session.state.get()
  return generation === 0 ? [] : (await session.generation(generation)).digest
}
