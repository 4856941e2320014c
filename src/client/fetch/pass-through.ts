/** A piece of a body. */
export type Bytes = Uint8Array<ArrayBuffer>

/** A body as a host may read it. */
export type Body = ReadableStream<Bytes>

/** Sees what passes. Must not throw, nor keep the bytes: whoever reads them may give them away. */
export interface Watcher {
  readonly add: (bytes: Bytes) => void
  /** The body has ended, and all of it has passed. */
  readonly end: () => void
  /** The reader has left, or the body has broken off: nothing more passes. */
  readonly left?: () => void
}

/**
 * A body that is another one: it gives the same pieces, each when it is asked for and not before, so that a slow reader
 * holds the source back. Whoever leaves it leaves the source, and the end or failure of the source is its own.
 *
 * @returns The stream, and what begins: before that the source is as it was.
 */
export function passThrough(
  source: Body,
  { add, end, left }: Watcher,
): { readonly stream: Body; readonly start: () => void } {
  let reader: ReadableStreamDefaultReader<Bytes> | undefined
  let controller: ReadableStreamController<Bytes> | undefined
  let isOver = false
  let isReading = false
  let hasEnded = false
  const close = (): void => {
    if (isOver) return
    isOver = true
    end()
    controller?.close()
    // A reader that brought its own memory gets it back.
    if (controller && 'byobRequest' in controller) controller.byobRequest?.respond(0)
  }
  const shape = {
    start: (given: ReadableStreamController<Bytes>) => void (controller = given),
    async pull() {
      isReading = true
      const next = await reader?.read()
      isReading = false
      if (isOver) return
      if (next?.value) {
        add(next.value)
        controller?.enqueue(next.value)
      }
      if (!next?.value || hasEnded) close()
    },
    cancel(reason: unknown) {
      isOver = true
      left?.()
      return reader?.cancel(reason)
    },
  }
  const stream = isOfBytes(source)
    ? new ReadableStream({ ...shape, type: 'bytes' })
    : new ReadableStream(shape, { highWaterMark: 0 })
  return {
    stream,
    start() {
      reader = source.getReader()
      // Also while nobody reads; what is being read comes first.
      void reader.closed.then(
        () => {
          hasEnded = true
          if (!isReading) close()
        },
        (failure: unknown) => {
          if (isOver) return
          left?.()
          if (!isReading) controller?.error(failure)
        },
      )
    },
  }
}

/** Whether it also fills the memory of its reader. */
function isOfBytes(source: Body): boolean {
  try {
    source.getReader({ mode: 'byob' }).releaseLock()
    return true
  } catch {
    return false
  }
}
