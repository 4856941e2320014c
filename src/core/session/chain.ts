import { sha256 } from '@noble/hashes/sha2.js'
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js'
import type { Draft, Part } from './message.ts'

/**
 * SHA-256 over what a message says (role and parts), without ids of ours, times or the wire form, so
 * that the same message seen twice hashes the same.
 */
export function contentHash(draft: Pick<Draft, 'role' | 'parts'>): string {
  return hashText(JSON.stringify([draft.role, draft.parts.map(canonicalPart)]))
}

/** Hash of a whole prefix: it changes when anything in any message of the prefix changes. */
export function extendChain(chain: string, hash: string): string {
  return hashText(chain + hash)
}

/** SHA-256 of a text as lower-case hex. Texts that differ hash differently, lone surrogates too. */
export function hashText(text: string): string {
  // UTF-8 has no lone surrogates and would make them all alike; JSON escapes them.
  const exact = text.isWellFormed() ? text : `\0${JSON.stringify(text)}`
  return bytesToHex(sha256(utf8ToBytes(exact)))
}

/** A part as an array, because the order of an object's keys is the host's accident. */
function canonicalPart(part: Part): readonly unknown[] {
  switch (part.type) {
    case 'text':
    case 'reasoning':
      return [part.type, part.text]
    case 'tool-call':
      return [part.type, part.callId, part.name, part.input]
    case 'tool-result':
      return [part.type, part.callId, part.output, part.isError === true]
    case 'approval-request':
      return [part.type, part.approvalId, part.callId]
    case 'approval-response':
      return [part.type, part.approvalId, part.approved]
    case 'image':
      return [part.type, part.url, part.mediaType ?? '']
    case 'file':
      return [part.type, part.url, part.mediaType ?? '', part.name ?? '']
  }
}
