/** A session that can be opened. */
export interface CatalogItem {
  /** Where it comes from; `stored` ones are earlier runs kept in this browser. */
  readonly origin: 'shipped' | 'local' | 'file' | 'stored'
  /** File name, or the session's id for stored ones. */
  readonly file: string
  readonly title: string
  readonly description: string
  readonly tokens: number | null
  readonly messages: number | null
  readonly bytes: number | null
}

/** Most files listed of a folder. */
const MOST_ITEMS = 2_000

/**
 * Reads the list of shipped sessions, or of a local folder. Total: entries without a usable file
 * name are left out, and so is everything if the list is no list.
 *
 * @see SPEC.md rule APP38
 */
export function readCatalog(json: unknown, origin: 'shipped' | 'local'): readonly CatalogItem[] {
  if (!Array.isArray(json)) return []
  return json.slice(0, MOST_ITEMS).flatMap((entry: unknown) => {
    if (typeof entry !== 'object' || entry === null) return []
    const fields = entry as Readonly<Record<string, unknown>>
    const file = fields['file']
    if (typeof file !== 'string' || !isSafePath(file)) return []
    const title = fields['title']
    const description = fields['description']
    return [
      {
        origin,
        file,
        title: typeof title === 'string' && title !== '' ? title : titleOfFile(file),
        description: typeof description === 'string' ? description : '',
        tokens: count(fields['tokens']),
        messages: count(fields['messages']),
        bytes: count(fields['bytes']),
      },
    ]
  })
}

/** Address of a session file, relative to the page. */
export function addressOf(item: CatalogItem): string {
  const folder = item.origin === 'shipped' ? './sessions/' : './local-sessions/'
  return folder + item.file.split('/').map(encodeURIComponent).join('/')
}

/** A file's name as a title: without folders and endings, dashes as spaces. */
export function titleOfFile(file: string): string {
  const name = file.split('/').at(-1) ?? file
  return name.replace(/(\.(jsonl?|gz|ndjson|txt))+$/i, '').replace(/[-_]+/g, ' ')
}

/** Id of a new run of a session: what was played, and when it began. */
export function runId(item: Pick<CatalogItem, 'origin' | 'file'>, startedAt: number): string {
  return `${item.origin}:${item.file}:${startedAt.toString(36)}`
}

/** What a run's id says of it; undefined for sessions that this page did not start. */
export function readRunId(
  id: string,
): { readonly origin: string; readonly file: string; readonly startedAt: number } | undefined {
  const found = /^(shipped|local|file|live):(.*):([0-9a-z]{6,12})$/s.exec(id)
  const [, origin, file, startedAt] = found ?? []
  if (origin === undefined || file === undefined || startedAt === undefined) return undefined
  return { origin, file, startedAt: Number.parseInt(startedAt, 36) }
}

function isSafePath(file: string): boolean {
  return file !== '' && !file.startsWith('/') && !file.split('/').includes('..')
}

function count(value: unknown): number | null {
  return typeof value === 'number' && Number.isFinite(value) && value >= 0 ? value : null
}
