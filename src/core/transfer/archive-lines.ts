import { sha256 } from '@noble/hashes/sha2.js'
import { bytesToHex } from '@noble/hashes/utils.js'

/** Newest version of the archive that this release reads and writes. */
export const ARCHIVE_VERSION = 1

/** Hexadecimal digits of a line's checksum. */
const SUM_DIGITS = 16

/** How an archive begins, whatever its version. */
export const ARCHIVE_START: RegExp = /^[0-9a-f]{16} \{"backfold":"archive",/

/** What a line of an archive says. */
export type ArchiveRecord =
  | {
      readonly backfold: 'archive'
      readonly version: number
      /** Unix time in milliseconds. */
      readonly at: number
      readonly sessions: number
    }
  /** Begins a session; what follows is its own up to its end. */
  | { readonly begin: string; readonly row: unknown }
  | { readonly table: string; readonly rows: readonly unknown[] }
  /** The session changed under the reader's hands: what came of it so far does not count. */
  | { readonly again: string }
  /** The session is whole; with the rows of each table. */
  | { readonly end: string; readonly rows: Readonly<Record<string, number>> }
  | { readonly done: { readonly sessions: number; readonly lines: number; readonly sum: string } }

/** Writes the lines of an archive, each with its checksum. */
export interface ArchiveLines {
  line(record: ArchiveRecord): Uint8Array<ArrayBuffer>
  /** The last line: the totals of all before. */
  done(sessions: number): Uint8Array<ArrayBuffer>
}

/**
 * The lines of an archive: a checksum, a space, JSON. The checksum covers the number of the line and its text, so that
 * a line that is missing, doubled or out of place is noticed like one that is damaged; the last line has one over all.
 *
 * @param encode - UTF-8 bytes of a text.
 * @see SPEC.md rules ARC4, ARC5
 */
export function createArchiveLines(
  encode: (text: string) => Uint8Array<ArrayBuffer>,
): ArchiveLines {
  let lines = 0
  const total = sha256.create()
  const write = (record: ArchiveRecord): Uint8Array<ArrayBuffer> => {
    const text = JSON.stringify(record)
    const bytes = encode(text)
    const sum = sumOf(lines, bytes)
    lines += 1
    total.update(encode(sum))
    const head = encode(`${sum} `)
    const line = new Uint8Array(head.length + bytes.length + 1)
    line.set(head)
    line.set(bytes, head.length)
    line[line.length - 1] = 0x0a
    return line
  }
  return {
    line: write,
    done: (sessions) => {
      const sum = bytesToHex(total.clone().digest())
      return write({ done: { sessions, lines, sum } })
    },
  }
}

/** Checks the lines of an archive, in their order. */
export interface ArchiveCheck {
  /** The record of the next line; a text says what is wrong with it. */
  read(bytes: Uint8Array): { readonly record: ArchiveRecord } | { readonly wrong: string }
}

/** @param decode - The text of UTF-8 bytes. */
export function createArchiveCheck(decode: (bytes: Uint8Array) => string): ArchiveCheck {
  let lines = 0
  const total = sha256.create()
  return {
    read(bytes) {
      const sum = String.fromCharCode(...bytes.subarray(0, SUM_DIGITS))
      const text = bytes.subarray(SUM_DIGITS + 1)
      if (sumOf(lines, text) !== sum) return { wrong: 'its checksum is wrong' }
      const before = bytesToHex(total.clone().digest())
      total.update(bytes.subarray(0, SUM_DIGITS))
      const record = parse(decode(text))
      if (record === undefined) return { wrong: 'it is no record' }
      if ('done' in record && (record.done.lines !== lines || record.done.sum !== before)) {
        return { wrong: 'the checksum of the whole archive is wrong' }
      }
      lines += 1
      return { record }
    },
  }
}

function parse(text: string): ArchiveRecord | undefined {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null ? (value as ArchiveRecord) : undefined
  } catch {
    return undefined
  }
}

function sumOf(line: number, bytes: Uint8Array): string {
  const number = Uint8Array.from(String(line), (digit) => digit.charCodeAt(0))
  return bytesToHex(sha256.create().update(number).update(bytes).digest()).slice(0, SUM_DIGITS)
}
