import { joinBytes } from '../../core/transfer/json-splitter.ts'
import { invalidInput } from '../invalid-input.ts'

/** A file's bytes, as they come. */
export type Bytes = AsyncIterable<Uint8Array<ArrayBuffer>>

/** Bytes read of a file at once. */
const READ_BYTES = 1024 * 1024
/** Packed bytes that are unpacked at once: a thousand times as many may come of them. */
const UNPACK_BYTES = 32 * 1024

/** What may come out of packed data at most. */
export interface UnpackLimits {
  /** Bytes in all. */
  readonly bytes: number
  /** Times as many as went in, once there are more than {@link free}. */
  readonly ratio: number
  readonly free: number
}

/** Text packs ten times at best, and what repeats itself a hundred times; a bomb a thousand. */
const UNPACK_LIMITS: UnpackLimits = {
  bytes: 64 * 1024 ** 3,
  ratio: 250,
  free: 64 * 1024 * 1024,
}

/**
 * Reads a part of a file, a slice at a time: no more is in memory than whoever reads asks for.
 *
 * @param onRead - Told how many bytes of the file were read.
 */
export async function* readSlices(
  file: Blob,
  from: number,
  to: number,
  onRead: (bytes: number) => void = () => {},
): Bytes {
  for (let at = from; at < to; at += READ_BYTES) {
    const end = Math.min(to, at + READ_BYTES)
    const bytes = new Uint8Array(await file.slice(at, end).arrayBuffer())
    onRead(end - at)
    yield bytes
  }
}

/**
 * Unpacks data as it comes. What came out before damage was handed out already.
 *
 * @throws BackfoldError `INVALID_INPUT` for damaged data, and as soon as too much came out of it.
 * @see SPEC.md rule ARC3
 */
export async function* unpack(
  packed: Bytes,
  format: CompressionFormat,
  name: string,
  limits: UnpackLimits = UNPACK_LIMITS,
): Bytes {
  const stream = new DecompressionStream(format)
  const writer = stream.writable.getWriter()
  const reader = stream.readable.getReader()
  let bytesIn = 0
  let bytesOut = 0
  let failure: unknown
  const feed = async (): Promise<void> => {
    for await (const chunk of packed) {
      for (let at = 0; at < chunk.length; at += UNPACK_BYTES) {
        await writer.ready
        const slice = chunk.slice(at, at + UNPACK_BYTES)
        bytesIn += slice.length
        await writer.write(slice)
      }
    }
    await writer.close()
  }
  const feeding = feed().catch((reason: unknown) => {
    failure ??= reason
    return writer.abort(reason).catch(() => {})
  })
  try {
    for (;;) {
      const step = await reader.read().catch(() => damaged(name, failure))
      if (step.done) break
      const { value } = step
      bytesOut += value.length
      if (
        bytesOut > limits.bytes ||
        (bytesOut > limits.free && bytesOut > bytesIn * limits.ratio)
      ) {
        invalidInput(`${name}: far more comes out of it than a conversation packs to`)
      }
      yield value
    }
  } finally {
    await reader.cancel().catch(() => {})
    await feeding
  }
}

/** What went wrong when the file was read says more than what came of it. */
function damaged(name: string, failure: unknown): never {
  if (failure instanceof Error && !(failure instanceof TypeError)) throw failure
  return invalidInput(`${name}: the packed data is damaged or cut off`)
}

/** All bytes in one; undefined if there are more than the limit. */
export async function collect(
  bytes: Bytes,
  limit: number,
): Promise<Uint8Array<ArrayBuffer> | undefined> {
  const pieces: Uint8Array[] = []
  let size = 0
  for await (const piece of bytes) {
    size += piece.length
    if (size > limit) return undefined
    pieces.push(piece)
  }
  return joinBytes(pieces, size)
}

/** The same bytes, the first of them known beforehand. */
export async function peek(
  bytes: Bytes,
  length: number,
): Promise<{ readonly head: Uint8Array<ArrayBuffer>; readonly bytes: Bytes }> {
  const iterator = bytes[Symbol.asyncIterator]()
  const read: Uint8Array<ArrayBuffer>[] = []
  let size = 0
  while (size < length) {
    const step = await iterator.next()
    if (step.done === true) break
    read.push(step.value)
    size += step.value.length
  }
  const head = joinBytes(read, size)
  return { head: head.slice(0, length), bytes: again(read, iterator) }
}

async function* again(
  read: readonly Uint8Array<ArrayBuffer>[],
  rest: AsyncIterator<Uint8Array<ArrayBuffer>>,
): Bytes {
  try {
    yield* read
    for (;;) {
      const step = await rest.next()
      if (step.done === true) return
      yield step.value
    }
  } finally {
    await rest.return?.()
  }
}
