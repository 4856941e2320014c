import type { Backfold } from '../../client/session.ts'
import type { CatalogItem } from './session-catalog.ts'
import { readRunId, titleOfFile } from './session-catalog.ts'

/** The runs of this page that are still stored in this browser, newest first. */
export async function listStoredRuns(backfold: Backfold): Promise<readonly CatalogItem[]> {
  const sessions = await backfold.sessions()
  return sessions.flatMap(({ id, messages, tokens }) => {
    const read = readRunId(id)
    if (read === undefined || messages === 0) return []
    const description = new Date(read.startedAt).toLocaleString('en-GB')
    const title = titleOfFile(read.file)
    return [{ origin: 'stored', file: id, title, description, messages, tokens, bytes: null }]
  })
}

/** What a session is called here: a run by its recording, any other by its id. */
export function titleOfSession(id: string): string {
  const read = readRunId(id)
  return read === undefined ? id : titleOfFile(read.file)
}

/** The recording that an earlier run was played from, if it still lies beside the page. */
export function recordingOf(
  item: CatalogItem,
  catalog: readonly CatalogItem[],
): CatalogItem | undefined {
  const read = readRunId(item.file)
  return catalog.find(({ origin, file }) => origin === read?.origin && file === read.file)
}

/** An item to play again from the start: an earlier run as what was recorded, not as it is stored. */
export function freshItem(item: CatalogItem): CatalogItem {
  const read = item.origin === 'stored' ? readRunId(item.file) : undefined
  if (read === undefined) return { ...item }
  const origin = read.origin === 'shipped' || read.origin === 'local' ? read.origin : 'file'
  return { ...item, origin, file: read.file }
}
