import type { Write } from '../../core/ports/session-store.ts'
import { hashText } from '../../core/session/chain.ts'
import type { SessionRow } from '../../core/session/session-row.ts'
import {
  ARCHIVE_VERSION,
  createArchiveCheck,
  type ArchiveRecord,
} from '../../core/transfer/archive-lines.ts'
import {
  isRow,
  isSameState,
  judgeRow,
  readSessionRow,
  stateText,
  withoutRecord,
} from '../../core/transfer/archive-rows.ts'
import type { FileFinding, ImportedSession } from '../../core/transfer/import-report.ts'
import { createLineSplitter, type FileLine } from '../../core/transfer/line-splitter.ts'
import { isBackfoldError } from '../../core/backfold-error.ts'
import {
  completeArrival,
  findPlace,
  putArriving,
  takeBackArrival,
  type Arrival,
} from './arrival.ts'
import { fromBase64 } from './base64.ts'
import type { ImportLog, TransferPorts } from './transfer-ports.ts'

/** Most bytes of one line: the largest row that may be stored, and more. */
const MAX_LINE_BYTES = 256 * 1024 * 1024

/** Where what is found is written down. */
export interface ArchiveLog extends ImportLog {
  session(session: ImportedSession): void
  refused(finding: FileFinding): void
}

/** A session whose lines are being read. */
interface Open {
  readonly id: string
  readonly row: SessionRow
  /** Undefined for one that is there already: its lines are only checked. */
  readonly arrival: Arrival | undefined
  /** What is said of it when it is whole. */
  note: string | undefined
  /** A session of its id with fewer messages: if this one goes on from it, that is said. */
  readonly shorter: SessionRow | undefined
  readonly counts: Map<string, number>
  /** Written in the last transaction, so that nobody finds the jobs of what is not whole. */
  readonly jobs: Write[]
}

/**
 * Reads an archive as its bytes arrive, checks every line, and stores each session so that nobody finds it before it
 * is whole. At the first damage reading ends: what was whole before stays, and the session in which it is is taken
 * back.
 *
 * @see SPEC.md rules ARC5, ARC9–ARC13
 */
export async function readArchive(
  ports: TransferPorts,
  bytes: AsyncIterable<Uint8Array<ArrayBuffer>>,
  name: string,
  log: ArchiveLog,
): Promise<void> {
  const reading = createReading(ports, log)
  let place = { line: 1, offset: 0 }
  try {
    for await (const line of linesOf(bytes)) {
      log.goOn()
      place = { line: line.line, offset: place.offset }
      const wrong = await reading.read(line)
      if (wrong !== undefined) {
        await reading.takeBack()
        log.refused(describeDamage(name, reading.open(), place, wrong))
        return
      }
      place = { line: line.line, offset: place.offset + (line.bytes?.length ?? 0) + 1 }
    }
  } catch (failure) {
    if (!isBackfoldError(failure) || failure.code !== 'INVALID_INPUT') throw failure
    await reading.takeBack()
    log.refused(describeDamage(name, reading.open(), place, failure.message))
    return
  }
  if (reading.isDone()) return
  await reading.takeBack()
  log.refused(describeDamage(name, reading.open(), place, 'the archive breaks off here'))
}

function describeDamage(
  name: string,
  open: string | undefined,
  { line, offset }: { readonly line: number; readonly offset: number },
  wrong: string,
): FileFinding {
  const what = open === undefined ? name : `session ${open} of ${name}`
  const reason = `Line ${line}, at byte ${offset} once unpacked: ${wrong}. Nothing from there on was taken.`
  return { what, line, reason }
}

async function* linesOf(bytes: AsyncIterable<Uint8Array<ArrayBuffer>>): AsyncGenerator<FileLine> {
  const splitter = createLineSplitter(MAX_LINE_BYTES)
  for await (const chunk of bytes) yield* splitter.push(chunk)
  const last = splitter.end()
  if (last) yield last
}

interface Reading {
  /** What is wrong with a line; undefined if nothing is. */
  read(line: FileLine): Promise<string | undefined>
  /** The session that is not whole. */
  open(): string | undefined
  takeBack(): Promise<void>
  isDone(): boolean
}

function createReading(ports: TransferPorts, log: ArchiveLog): Reading {
  const decoder = new TextDecoder()
  const check = createArchiveCheck((bytes) => decoder.decode(bytes))
  let isFirst = true
  let isDone = false
  let open: Open | undefined
  let sessions = 0

  const handle = async (record: ArchiveRecord): Promise<string | undefined> => {
    if (isDone) return 'something stands behind the end of the archive'
    if ('backfold' in record) return isFirst ? undefined : 'the archive begins a second time'
    if (isFirst) return 'the archive does not begin with its version'
    if ('begin' in record) {
      if (open) return 'a session begins in the middle of another one'
      const row = readSessionRow(record.begin, record.row)
      if (typeof row === 'string') return row
      open = await begin(ports, row)
      return undefined
    }
    if ('table' in record) return open ? store(ports, open, record, log) : OUTSIDE
    if ('again' in record) {
      if (!open) return OUTSIDE
      if (open.arrival) await takeBackArrival(ports.store, open.arrival)
      open = undefined
      return undefined
    }
    if ('end' in record) {
      if (open?.id !== record.end) return OUTSIDE
      const wrong = compareCounts(open.counts, record.rows)
      if (wrong !== undefined) return wrong
      await finish(ports, open, log)
      open = undefined
      sessions += 1
      return undefined
    }
    if ('done' in record) {
      isDone = true
      return open || record.done.sessions !== sessions ? 'sessions are missing in it' : undefined
    }
    return 'its kind is not known'
  }

  return {
    open: () => open?.id,
    isDone: () => isDone,
    async takeBack() {
      if (open?.arrival) await takeBackArrival(ports.store, open.arrival)
    },
    async read({ bytes, isEnded }) {
      if (bytes === undefined) return 'it is too large'
      if (isFirst) {
        const newer = findNewerVersion(decoder.decode(bytes.subarray(0, 200)))
        if (newer !== undefined) return newer
      }
      const checked = check.read(bytes)
      if ('wrong' in checked) return isEnded ? checked.wrong : 'the archive breaks off here'
      const wrong = await handle(checked.record)
      isFirst = false
      return wrong
    },
  }
}

const OUTSIDE = 'it belongs to no session'

/** A later version may have other checksums too, so this is looked at before them. */
function findNewerVersion(begin: string): string | undefined {
  const version = Number(/^[0-9a-f]+ \{"backfold":"archive","version":(\d{1,9})/.exec(begin)?.[1])
  if (!(version > ARCHIVE_VERSION)) return undefined
  const known = `this release reads archives up to version ${ARCHIVE_VERSION}`
  return `it is of version ${version}, and ${known}; import it with a newer release of Backfold`
}

async function begin(ports: TransferPorts, row: SessionRow): Promise<Open> {
  const own = { id: row.id, row, counts: new Map<string, number>(), jobs: [] }
  const place = await findPlace(ports, row, hashText(stateText(row)), (there) =>
    judge(ports, there, row),
  )
  if (place.kind === 'found') {
    return { ...own, arrival: undefined, note: place.found, shorter: undefined }
  }
  if (place.kind === 'stored') throw new TypeError('nothing of it was given yet')
  const { arrival } = place
  const note =
    arrival.id === row.id
      ? undefined
      : `Another session has the id ${row.id}; this one came in under its own.`
  const there =
    note === undefined ? undefined : (await ports.store.read({ session: row.id })).session
  const shorter = there !== undefined && there.nextSeq < row.nextSeq ? there : undefined
  return { ...own, arrival, note, shorter }
}

/** What is said of a session that is there: nothing where it is in the very state. */
async function judge(
  { store }: TransferPorts,
  there: SessionRow,
  row: SessionRow,
): Promise<string | undefined> {
  if (isSameState(there, row)) return ''
  if (there.nextSeq < row.nextSeq || there.createdAt !== row.createdAt) return undefined
  if (there.revision < row.revision || row.chain === '') return undefined
  const { at } = await store.read({ session: there.id, at: [row.nextSeq - 1] })
  return at[0]?.chain === row.chain ? 'It has gone on here since the archive was made.' : undefined
}

async function store(
  ports: TransferPorts,
  open: Open,
  { table, rows }: { readonly table: string; readonly rows: readonly unknown[] },
  log: ArchiveLog,
): Promise<string | undefined> {
  const { row, arrival, counts, jobs, shorter } = open
  if (!Array.isArray(rows)) return 'it holds no rows'
  counts.set(table, (counts.get(table) ?? 0) + rows.length)
  const writes: Write[] = []
  for (const given of rows as readonly unknown[]) {
    const wrong = judgeRow(table, given, row)
    if (wrong !== undefined) return wrong
    if (!isRow(given) || arrival === undefined) continue
    if (table === 'messages' && shorter && goesOnFrom(shorter, given)) {
      open.note = `It goes on from session ${shorter.id}, which is there with fewer messages and stays as it is.`
    }
    // Stored by the import before this one.
    if (table === 'messages' && Number(given['seq']) <= arrival.progress) continue
    const bytes = table === 'artifacts' ? fromBase64(given['bytes']) : undefined
    if (table === 'artifacts' && bytes === undefined) return 'an artifact can not be read'
    const kept = table === 'generations' ? withoutRecord(given) : given
    const own = { ...kept, session: arrival.id, ...(bytes === undefined ? {} : { bytes }) }
    writes.push({ table, row: own } as unknown as Write)
  }
  if (table === 'jobs') jobs.push(...writes)
  else if (arrival && writes.length > 0) {
    // Where it is whole by now, or gone, its end will tell.
    const isStored = await putArriving(ports.store, arrival, writes)
    if (isStored && table === 'messages') log.stored(writes.length)
  }
  return undefined
}

/** Whether a message of the archive is the newest one of the session that is there, with the same before it. */
function goesOnFrom(
  { nextSeq, chain }: SessionRow,
  message: Readonly<Record<string, unknown>>,
): boolean {
  return nextSeq > 1 && message['seq'] === nextSeq - 1 && message['chain'] === chain
}

function compareCounts(counts: ReadonlyMap<string, number>, expected: unknown): string | undefined {
  if (!isRow(expected)) return 'it does not say how many rows there are'
  const tables = new Set([...counts.keys(), ...Object.keys(expected)])
  const wrong = [...tables].find((table) => (counts.get(table) ?? 0) !== (expected[table] ?? 0))
  return wrong === undefined ? undefined : `rows of ${wrong} are missing`
}

async function finish(ports: TransferPorts, open: Open, log: ArchiveLog): Promise<void> {
  const { row, arrival, jobs } = open
  const messages = open.counts.get('messages') ?? 0
  const common = {
    title: row.details?.title ?? '',
    messages,
    tokens: row.tokens.log,
    source: 'backfold',
  } as const
  const note = open.note ? { note: open.note } : {}
  if (arrival === undefined) {
    log.session({ ...common, id: row.id, kind: 'already-there', ...note })
    return
  }
  const { id, isResumed } = arrival
  try {
    const isOwn = await completeArrival(ports.store, arrival, row, jobs)
    const kind = isResumed ? 'resumed' : 'imported'
    log.session({ ...common, id, kind: isOwn ? kind : 'already-there', ...note })
  } catch (failure) {
    if (!isBackfoldError(failure) || failure.code !== 'SESSION_NOT_FOUND') throw failure
    log.refused({ what: `session ${row.id}`, reason: 'It was deleted while it came in.' })
  }
}
