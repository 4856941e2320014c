import type { LoggedRequest } from '../wire/panel-wire.ts'

export interface Bodies {
  readonly before: string
  readonly after: string
}

/** Requests that are kept, the newest last. */
const MOST_REQUESTS = 200
/** Of these the newest whose bodies are at hand, and the characters that the bodies come to. */
const MOST_BODIES = 50
const MOST_BODY_LENGTH = 20_000_000

/** The newest requests that were looked at. Bodies are in memory only. */
export interface RequestLog {
  all(): readonly LoggedRequest[]
  find(id: string): LoggedRequest | undefined
  bodies(id: string): Bodies | null
  add(request: Omit<LoggedRequest, 'hasBodies'>, bodies: Bodies | null): void
  change(id: string, change: Partial<LoggedRequest>): void
  /** What may be stored of it: nothing that was said. */
  write(): string
  /** Puts what was stored before what is there. What makes no sense is left out. */
  read(stored: string | null): void
}

/** @see SPEC.md rules LOGREQ1–LOGREQ4 */
export function createRequestLog(): RequestLog {
  let requests: readonly LoggedRequest[] = []
  const bodies = new Map<string, Bodies>()
  let length = 0

  const dropBodies = (id: string): void => {
    const found = bodies.get(id)
    if (!found) return
    bodies.delete(id)
    length -= lengthOf(found)
    change(id, { hasBodies: false })
  }
  const change = (id: string, fields: Partial<LoggedRequest>): void => {
    requests = requests.map((one) => (one.id === id ? { ...one, ...fields, id } : one))
  }
  return {
    all: () => requests,
    find: (id) => requests.find((one) => one.id === id),
    bodies: (id) => bodies.get(id) ?? null,
    add(request, own) {
      const isKept = own !== null && lengthOf(own) <= MOST_BODY_LENGTH
      requests = [...requests, { ...request, hasBodies: isKept }]
      if (isKept) {
        bodies.set(request.id, own)
        length += lengthOf(own)
      }
      while (requests.length > MOST_REQUESTS) {
        const gone = crowdedOut(requests)
        dropBodies(gone)
        requests = requests.filter(({ id }) => id !== gone)
      }
      for (const id of bodies.keys()) {
        if (bodies.size <= MOST_BODIES && length <= MOST_BODY_LENGTH) break
        dropBodies(id)
      }
    },
    change,
    write: () => JSON.stringify(requests.map((one) => ({ ...one, hasBodies: false }))),
    read(stored) {
      const here = new Set(requests.map(({ id }) => id))
      const before = readRequests(stored).filter(({ id }) => !here.has(id))
      requests = [...before, ...requests].slice(-MOST_REQUESTS)
    },
  }
}

/** The oldest of the origin that has the most, so that one page can't drive out the requests of others. */
function crowdedOut(requests: readonly LoggedRequest[]): string {
  const counts = new Map<string, number>()
  for (const { origin } of requests) counts.set(origin, (counts.get(origin) ?? 0) + 1)
  const most = Math.max(...counts.values())
  return requests.find(({ origin }) => counts.get(origin) === most)?.id ?? ''
}

function lengthOf({ before, after }: Bodies): number {
  return before.length + after.length
}

function readRequests(stored: string | null): readonly LoggedRequest[] {
  if (stored === null) return []
  try {
    const read: unknown = JSON.parse(stored)
    return Array.isArray(read) ? read.filter(isRequest) : []
  } catch {
    return []
  }
}

function isRequest(value: unknown): value is LoggedRequest {
  if (typeof value !== 'object' || value === null) return false
  const { id, at, origin, url, kind, reason } = value as Readonly<Record<string, unknown>>
  return (
    typeof at === 'number' &&
    [id, origin, url, reason].every((text) => typeof text === 'string') &&
    (kind === 'sent' || kind === 'rescued' || kind === 'passed')
  )
}
