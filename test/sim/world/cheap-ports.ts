import type { Compressor } from '../../../src/core/ports/compressor.ts'
import type { Tokeniser } from '../../../src/core/ports/tokeniser.ts'

/** Four characters a token: what matters here is that it is cheap and never changes. */
export const tokeniser: Tokeniser = {
  name: 'fours',
  count: (text) => Math.ceil(text.length / 4),
}

/** Packs nothing: the platform's streams take real time, which a world has none of. */
export const plainCompressor: Compressor = {
  pack: async (text) => ({ bytes: new TextEncoder().encode(text), encoding: 'identity' }),
  unpack: async ({ bytes }) => new TextDecoder().decode(bytes),
}
