import { hashText } from '../core/session/chain.ts'
import type { Sealer } from './sealer.ts'

/** Bytes of a session's hash that stand for it: as many as make 22 characters. */
const TOKEN_BYTES = 16

/** Leaves everything as it is: whoever has the server reads it. */
export function createPlainSealer(): Sealer {
  return {
    token: async (session) => tokenOf(session),
    nameEntry: async (_place, id) => id,
    seal: async (_place, _id, bytes) => bytes,
    open: async (_place, _id, bytes) => bytes,
  }
}

function tokenOf(session: string): string {
  const hash = hashText(session)
  let binary = ''
  for (let byte = 0; byte < TOKEN_BYTES; byte += 1) {
    binary += String.fromCharCode(Number.parseInt(hash.slice(2 * byte, 2 * byte + 2), 16))
  }
  return btoa(binary).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '')
}
