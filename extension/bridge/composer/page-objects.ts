/** What a text or a file is handed over with, as by a person's paste or drop. */
export interface Parcel {
  readonly plain?: string
  readonly html?: string
  readonly file?: { readonly name: string; readonly type: string; readonly text: string }
}

type PageWindow = Window & typeof globalThis

/**
 * The window whose objects a page may read. In Firefox what a content script makes is closed to the page: a page that
 * gets its paste event finds nothing on the clipboard. So there they are made in the page's own world, which learns
 * nothing by it: what is handed over is what is meant for the page.
 */
function pageWindow(view: PageWindow): PageWindow {
  return (view as { readonly wrappedJSObject?: PageWindow }).wrappedJSObject ?? view
}

/** Puts into a transfer what is handed over. */
function load(page: PageWindow, transfer: DataTransfer, { plain, html, file }: Parcel): void {
  if (plain !== undefined) transfer.setData('text/plain', plain)
  if (html !== undefined) transfer.setData('text/html', html)
  if (!file) return
  const parts = new page.Array<string>()
  parts.push(file.text)
  const options = newInit<FilePropertyBag>(page, { type: file.type })
  transfer.items.add(new page.File(parts, file.name, options))
}

/** An object of the page's world: one of ours would be closed to its constructors. */
function newInit<T extends object>(page: PageWindow, values: T): T {
  // Key by key: code of the page's world may not read an object of ours.
  const init = new page.Object() as Record<string, unknown>
  for (const [name, value] of Object.entries(values)) init[name] = value
  return init as T
}

function viewOf(element: Element): PageWindow | null {
  return element.ownerDocument.defaultView
}

const SHARED = { bubbles: true, cancelable: true, composed: true }

/**
 * Pastes as the page's own code hears it. Browsers do nothing of their own on it.
 *
 * @returns Whether the page says that it took it.
 */
export function paste(element: HTMLElement, parcel: Parcel): boolean {
  const view = viewOf(element)
  if (!view) return false
  const page = pageWindow(view)
  const init = newInit<ClipboardEventInit>(page, SHARED)
  const own = new page.DataTransfer()
  load(page, own, parcel)
  init.clipboardData = own
  const event = new page.ClipboardEvent('paste', init)
  // Firefox makes a transfer of its own for each such event, and leaves out the one that it is given.
  const given = event.clipboardData
  if (given && given.types.length === 0) load(page, given, parcel)
  return !element.dispatchEvent(event)
}

/**
 * Drops as the page's own code hears it: only if it says that it takes what hovers over it, else it is told that
 * nothing does any more.
 *
 * @returns Whether the page says that it took it.
 */
export function drop(element: HTMLElement, parcel: Parcel): boolean {
  const view = viewOf(element)
  if (!view) return false
  const page = pageWindow(view)
  const box = element.getBoundingClientRect()
  const init = newInit<DragEventInit>(page, {
    ...SHARED,
    clientX: box.x + box.width / 2,
    clientY: box.y + box.height / 2,
  })
  init.dataTransfer = new page.DataTransfer()
  load(page, init.dataTransfer, parcel)
  const say = (type: string): boolean => !element.dispatchEvent(new page.DragEvent(type, init))
  say('dragenter')
  if (say('dragover')) return say('drop')
  say('dragleave')
  return false
}

/** Tells an editor what a browser would ask it to do; browsers do nothing of their own on it. */
export function askEditor(element: HTMLElement, inputType: string, data: string | null): boolean {
  const view = viewOf(element)
  if (!view) return false
  return !element.dispatchEvent(new view.InputEvent('beforeinput', { ...SHARED, inputType, data }))
}
