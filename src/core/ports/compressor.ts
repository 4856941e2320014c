import type { Artifact } from '../session/generation.ts'

/** Packs payloads for storage. Whatever it cannot make smaller it leaves as it is. */
export interface Compressor {
  pack(text: string): Promise<Pick<Artifact, 'bytes' | 'encoding'>>
  unpack(packed: Pick<Artifact, 'bytes' | 'encoding'>): Promise<string>
}
