import { invalidInput } from '../invalid-input.ts'

/** Whether bytes are gzip data, told from their first two. Names of files are not trusted. */
export function isGzip(bytes: Uint8Array): boolean {
  return bytes[0] === 0x1f && bytes[1] === 0x8b
}

/**
 * Unpacks gzip data, in browsers and in Node alike.
 *
 * @param limit - Most bytes that may come out. Stops as soon as there are more, so that a small file
 * can't fill the memory.
 * @throws BackfoldError `INVALID_INPUT` for damaged data, and for too much of it.
 */
export async function gunzip(
  bytes: Uint8Array,
  limit: number,
  name: string,
): Promise<Uint8Array<ArrayBuffer>> {
  const chunks: Uint8Array[] = []
  let length = 0
  const reader = sliced(bytes).pipeThrough(new DecompressionStream('gzip')).getReader()
  for (;;) {
    const { done, value } = await reader.read().catch(() => {
      return invalidInput(`${name}: the gzip data is damaged or cut off`)
    })
    if (done) break
    chunks.push(value)
    length += value.length
    if (length > limit) {
      await reader.cancel().catch(() => {})
      return invalidInput(`${name}: unpacks to more than ${limit} bytes`)
    }
  }
  return concat(chunks, length)
}

/** Most bytes unpacked in one go: 16 MB may come of them, and browsers unpack a chunk whole. */
const SLICE_BYTES = 16 * 1024

function sliced(bytes: Uint8Array): ReadableStream<BufferSource> {
  let at = 0
  return new ReadableStream<BufferSource>({
    pull: (controller) => {
      if (at >= bytes.length) {
        controller.close()
        return
      }
      controller.enqueue(new Uint8Array(bytes.subarray(at, at + SLICE_BYTES)))
      at += SLICE_BYTES
    },
  })
}

function concat(chunks: readonly Uint8Array[], length: number): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(length)
  let at = 0
  for (const chunk of chunks) {
    whole.set(chunk, at)
    at += chunk.length
  }
  return whole
}
