import { partText, type Part } from '../../core/session/message.ts'

/**
 * A short key that equal parts have in common, so that only few of thousands have to be compared. Not
 * a proof: parts with the same key may differ.
 */
export function fingerprint(parts: readonly Part[]): string {
  let hash = 0x811c9dc5
  for (const part of parts) {
    const text = partText(part)
    for (let i = 0; i < text.length; i += 1) {
      hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193)
    }
  }
  return `${parts.length} ${hash}`
}
