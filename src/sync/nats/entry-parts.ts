/** Bytes that one message on the server carries at most, whatever it allows. */
const PART_BYTES = 512 * 1024
/** What headers take of a message. */
const HEADER_BYTES = 4 * 1024
/** An entry of more parts is too large. */
export const MOST_PARTS = 64

/** An entry in pieces: parts that come before it, and the rest that it carries itself. Undefined if it is too large. */
export interface SplitEntry {
  readonly parts: readonly Uint8Array[]
  readonly rest: Uint8Array
}

/** Splits what one message can't carry; `most` is what the server allows, in bytes. */
export function splitEntry(bytes: Uint8Array, most: number): SplitEntry | undefined {
  const size = Math.max(1, Math.min(PART_BYTES, most - HEADER_BYTES))
  const count = Math.max(0, Math.ceil(bytes.length / size) - 1)
  if (count > MOST_PARTS) return undefined
  const parts = Array.from({ length: count }, (_, at) => bytes.subarray(at * size, (at + 1) * size))
  return { parts, rest: bytes.subarray(count * size) }
}

/** Parts of the entries that are still to come, as they were delivered; the oldest give way to new ones. */
export class PartShelf {
  private readonly most: number
  private readonly parts = new Map<string, Uint8Array>()
  private size = 0

  /** Keeps at most so many bytes. */
  constructor(most: number) {
    this.most = most
  }

  put(token: string, of: string, turn: number, bytes: Uint8Array): void {
    const key = keyOf(token, of, turn)
    if (turn > MOST_PARTS || this.parts.has(key)) return
    this.parts.set(key, bytes)
    this.size += bytes.length
    for (const [oldest, { length }] of this.parts) {
      if (this.size <= this.most || oldest === key) break
      this.parts.delete(oldest)
      this.size -= length
    }
  }

  /** An entry whole, and forgets its parts; undefined while one of them is missing. */
  join(token: string, of: string, count: number, rest: Uint8Array): Uint8Array | undefined {
    const keys = Array.from({ length: count }, (_, at) => keyOf(token, of, at + 1))
    const parts = keys.map((key) => this.parts.get(key)).filter((part) => part !== undefined)
    if (parts.length < count) return undefined
    for (const key of keys) this.parts.delete(key)
    const whole = [...parts, rest]
    this.size -= parts.reduce((sum, { length }) => sum + length, 0)
    const joined = new Uint8Array(whole.reduce((sum, { length }) => sum + length, 0))
    let at = 0
    for (const piece of whole) {
      joined.set(piece, at)
      at += piece.length
    }
    return joined
  }
}

function keyOf(token: string, of: string, turn: number): string {
  return `${token} ${of} ${turn}`
}
