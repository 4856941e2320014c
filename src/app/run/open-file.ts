import { parseSessionFile } from '../../adapters/history/session-file.ts'
import type { Draft } from '../../core/session/message.ts'
import type { CatalogItem } from './session-catalog.ts'
import { addressOf, readCatalog } from './session-catalog.ts'

/** A session file, read. */
export interface OpenedFile {
  readonly title: string
  readonly drafts: readonly Draft[]
  /** What was damaged in the recording and how it was mended, as sentences. */
  readonly repairs: readonly string[]
}

/** Files above this would not fit into a tab's memory several times over. */
const MOST_BYTES = 300_000_000

/** Reads a session file that was dropped or picked. Throws with a sentence for people. */
export async function openDroppedFile(file: File): Promise<OpenedFile> {
  if (file.size > MOST_BYTES) throw new Error('the file is larger than 300 MB')
  return read(file.name, new Uint8Array(await file.arrayBuffer()))
}

/** Reads a listed session from beside the page. Throws with a sentence for people. */
export async function openListedFile(item: CatalogItem): Promise<OpenedFile> {
  const response = await fetch(addressOf(item))
  if (!response.ok) throw new Error(`the server answered ${response.status}`)
  return read(item.file, new Uint8Array(await response.arrayBuffer()))
}

/** The sessions that lie beside the page. A list that is missing is empty; nothing here rejects. */
export async function fetchCatalog(origin: 'shipped' | 'local'): Promise<readonly CatalogItem[]> {
  const address = origin === 'shipped' ? './sessions/sessions.json' : './local-sessions/index.json'
  try {
    const response = await fetch(address)
    return response.ok ? readCatalog(await response.json(), origin) : []
  } catch {
    return []
  }
}

async function read(name: string, bytes: Uint8Array): Promise<OpenedFile> {
  const parsed = await parseSessionFile(name, bytes)
  if (parsed.drafts.length === 0) throw new Error('there is no message in it')
  return {
    title: parsed.title,
    drafts: parsed.drafts,
    repairs: parsed.repairs.map(({ detail }) => detail),
  }
}
