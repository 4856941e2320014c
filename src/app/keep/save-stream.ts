/** The part of the File System Access API that is used; not every browser has it. */
interface SavePicker {
  readonly showSaveFilePicker?: (options: {
    readonly suggestedName: string
  }) => Promise<{ createWritable(): Promise<WritableStream<Uint8Array>> }>
}

/**
 * Gives bytes to the person as a file: straight to disk where the browser can, so that gigabytes are never held in
 * memory, else as a download. A person who closes the picker wants none; that is no failure.
 *
 * @param open - Begins the bytes; called only once it is known where they go.
 */
export async function saveStream(
  name: string,
  open: () => ReadableStream<Uint8Array>,
): Promise<'saved' | 'given-up'> {
  const { showSaveFilePicker } = globalThis as SavePicker
  if (showSaveFilePicker !== undefined) {
    let target: WritableStream<Uint8Array>
    try {
      target = await (await showSaveFilePicker({ suggestedName: name })).createWritable()
    } catch (failure) {
      if (failure instanceof DOMException && failure.name === 'AbortError') return 'given-up'
      // Not allowed here, as in a frame, or without a click just before.
      download(name, await new Response(open()).blob())
      return 'saved'
    }
    await open().pipeTo(target)
    return 'saved'
  }
  download(name, await new Response(open()).blob())
  return 'saved'
}

/** A text as a download. */
export function saveText(name: string, text: string, type = 'text/markdown'): void {
  download(name, new Blob([text], { type: `${type};charset=utf-8` }))
}

function download(name: string, blob: Blob): void {
  const address = URL.createObjectURL(blob)
  const link = document.createElement('a')
  link.href = address
  link.download = name
  link.click()
  // The browser has begun to read by then.
  setTimeout(() => URL.revokeObjectURL(address), 60_000)
}
