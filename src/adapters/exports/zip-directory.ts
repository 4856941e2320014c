import { invalidInput } from '../invalid-input.ts'
import { readSlices, unpack, type Bytes } from './read-bytes.ts'

/** A file within a zip. */
export interface ZipEntry {
  readonly name: string
  readonly packedBytes: number
  readonly crc: number
  /** Why it can't be read, if it can't. */
  readonly refused?: string
  /** Its bytes, unpacked as they are read. */
  open(onRead: (bytes: number) => void): Bytes
}

const END = 0x06054b50
const END_64 = 0x06064b50
const LOCATOR_64 = 0x07064b50
const ENTRY = 0x02014b50
const LOCAL = 0x04034b50
/** Longest comment behind the directory, with what stands before it. */
const END_REACH = 65_557
const MAX_DIRECTORY_BYTES = 64 * 1024 * 1024
const WIDE = 0xffffffff

/**
 * Reads the directory at the end of a zip, which tells for certain where each file begins and ends; walking through the
 * packed data would have to guess where sizes stand behind it.
 *
 * @throws BackfoldError `INVALID_INPUT` for a zip without a directory, such as one that was cut off.
 * @see SPEC.md rules EXPT1, ARC3
 */
export async function readZip(file: Blob, name: string): Promise<readonly ZipEntry[]> {
  const { offset, size, count } = await findDirectory(file, name)
  if (size > MAX_DIRECTORY_BYTES || offset + size > file.size) {
    invalidInput(`${name}: the directory of the zip is damaged`)
  }
  const view = await viewOf(file, offset, offset + size)
  const entries: ZipEntry[] = []
  let at = 0
  for (let i = 0; i < count && at + 46 <= view.byteLength; i += 1) {
    if (view.getUint32(at, true) !== ENTRY)
      invalidInput(`${name}: the directory of the zip is damaged`)
    const next =
      at +
      46 +
      view.getUint16(at + 28, true) +
      view.getUint16(at + 30, true) +
      view.getUint16(at + 32, true)
    if (next > view.byteLength) invalidInput(`${name}: the directory of the zip is damaged`)
    entries.push(readEntry(file, view, at))
    at = next
  }
  return entries
}

async function findDirectory(
  file: Blob,
  name: string,
): Promise<{ readonly offset: number; readonly size: number; readonly count: number }> {
  const from = Math.max(0, file.size - END_REACH)
  const view = await viewOf(file, from, file.size)
  for (let at = view.byteLength - 22; at >= 0; at -= 1) {
    if (view.getUint32(at, true) !== END) continue
    const count = view.getUint16(at + 10, true)
    const size = view.getUint32(at + 12, true)
    const offset = view.getUint32(at + 16, true)
    if (offset !== WIDE && size !== WIDE && count !== 0xffff) return { offset, size, count }
    const wide = at >= 20 && view.getUint32(at - 20, true) === LOCATOR_64
    if (!wide) return { offset, size, count }
    const place = Number(view.getBigUint64(at - 12, true))
    const end = await viewOf(file, place, Math.min(file.size, place + 56))
    if (end.byteLength < 56 || end.getUint32(0, true) !== END_64) break
    return {
      count: Number(end.getBigUint64(32, true)),
      size: Number(end.getBigUint64(40, true)),
      offset: Number(end.getBigUint64(48, true)),
    }
  }
  return invalidInput(`${name}: the zip has no end; its download was cut off, or it is damaged`)
}

function readEntry(file: Blob, view: DataView, at: number): ZipEntry {
  const flags = view.getUint16(at + 8, true)
  const method = view.getUint16(at + 10, true)
  const nameLength = view.getUint16(at + 28, true)
  const bytes = new Uint8Array(view.buffer, view.byteOffset + at + 46, nameLength)
  const name = new TextDecoder().decode(bytes)
  const { packedBytes, offset } = readSizes(view, at)
  const refused =
    (flags & 1) === 1
      ? 'it is encrypted'
      : method !== 0 && method !== 8
        ? `its packing (${method}) is not known`
        : undefined
  return {
    name,
    packedBytes,
    crc: view.getUint32(at + 16, true),
    ...(refused === undefined ? {} : { refused }),
    open: (onRead) => openEntry(file, { name, offset, packedBytes, method }, onRead),
  }
}

/** Sizes that don't fit stand in a field of their own, in this order. */
function readSizes(
  view: DataView,
  at: number,
): { readonly packedBytes: number; readonly offset: number } {
  let packedBytes = view.getUint32(at + 20, true)
  let offset = view.getUint32(at + 42, true)
  const from = at + 46 + view.getUint16(at + 28, true)
  const to = from + view.getUint16(at + 30, true)
  for (let field = from; field + 4 <= to; field += 4 + view.getUint16(field + 2, true)) {
    if (view.getUint16(field, true) !== 1) continue
    let next = field + 4
    const wide = (): number => {
      const value = next + 8 <= to ? Number(view.getBigUint64(next, true)) : 0
      next += 8
      return value
    }
    if (view.getUint32(at + 24, true) === WIDE) wide()
    if (packedBytes === WIDE) packedBytes = wide()
    if (offset === WIDE) offset = wide()
  }
  return { packedBytes, offset }
}

async function* openEntry(
  file: Blob,
  entry: {
    readonly name: string
    readonly offset: number
    readonly packedBytes: number
    readonly method: number
  },
  onRead: (bytes: number) => void,
): Bytes {
  const { name, offset, packedBytes, method } = entry
  const local = await viewOf(file, offset, offset + 30)
  if (local.byteLength < 30 || local.getUint32(0, true) !== LOCAL) {
    invalidInput(`${name}: the zip is damaged where it stands`)
  }
  const from = offset + 30 + local.getUint16(26, true) + local.getUint16(28, true)
  const packed = readSlices(file, from, Math.min(file.size, from + packedBytes), onRead)
  yield* method === 0 ? packed : unpack(packed, 'deflate-raw', name)
}

async function viewOf(file: Blob, from: number, to: number): Promise<DataView<ArrayBuffer>> {
  return new DataView(await file.slice(from, Math.max(from, to)).arrayBuffer())
}
