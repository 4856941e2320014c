import { BackfoldError } from '../../core/backfold-error.ts'
import type { ReadQuery, SessionStore, Snapshotted } from '../../core/ports/session-store.ts'
import type { Artifact } from '../../core/session/generation.ts'
import { birthOf, type SessionRow } from '../../core/session/session-row.ts'
import {
  ARCHIVE_VERSION,
  createArchiveLines,
  type ArchiveLines,
} from '../../core/transfer/archive-lines.ts'
import type { ExportProgress } from '../../core/transfer/import-report.ts'
import { toBase64 } from './base64.ts'

/** Times that a session may change its past while it is read, before the export gives up. */
const MAX_ATTEMPTS = 8
/** Bytes of rows that one line is filled with, and that one transaction reads. */
const SLICE_BYTES = 512 * 1024
const MAX_ROWS = 256

export interface ArchiveOptions {
  /** All by default. */
  readonly sessions?: readonly string[] | undefined
  readonly at: number
  readonly onProgress: (progress: ExportProgress) => void
}

/**
 * Writes an archive as its lines, unpacked, as fast as somebody takes them: what it reads of the store is a slice at a
 * time, so that gigabytes never stand in memory.
 *
 * Each session is written as it was at one moment: the transaction that reads its row and all that can change. The
 * log below only grows, but for a branch, which takes messages off the active path: then the session begins again, and
 * what came of it does not count.
 *
 * @throws BackfoldError `SESSION_NOT_FOUND` before anything is written.
 * @see SPEC.md rules ARC4–ARC8
 */
export async function* writeArchive(
  store: SessionStore,
  { sessions, at, onProgress }: ArchiveOptions,
): AsyncGenerator<Uint8Array<ArrayBuffer>> {
  const ids = sessions ?? (await store.listSessions()).map(({ id }) => id)
  for (const id of sessions ?? []) {
    const { session } = await store.read({ session: id })
    if (session === undefined || session.arriving !== undefined) {
      throw new BackfoldError('SESSION_NOT_FOUND', `session ${id} does not exist`)
    }
  }
  const encoder = new TextEncoder()
  const lines = createArchiveLines((text) => encoder.encode(text))
  let bytes = 0
  let done = 0
  const told = (line: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> => {
    bytes += line.length
    onProgress({ sessions: done, ofSessions: ids.length, bytes })
    return line
  }
  const version = ARCHIVE_VERSION
  yield told(lines.line({ backfold: 'archive', version, at, sessions: ids.length }))
  let written = 0
  for (const id of ids) {
    let isWhole = false
    for (let attempt = 1; !isWhole; attempt += 1) {
      const outcome = { isWhole: false, isGone: false }
      for await (const line of writeSession(store, id, lines, outcome)) yield told(line)
      if (outcome.isGone) break
      isWhole = outcome.isWhole
      if (isWhole) written += 1
      else if (attempt === MAX_ATTEMPTS) {
        throw new BackfoldError('TIMED_OUT', `session ${id} changes faster than it can be read`)
      }
    }
    done += 1
  }
  yield told(lines.done(written))
}

/** What came of writing a session; neither where its past changed meanwhile. */
interface Outcome {
  isWhole: boolean
  isGone: boolean
}

/** Tables that can change, all of which are read in one transaction with the row. */
const STATE = [
  'generations',
  'snapshots',
  'jobs',
  'blocks',
  'notes',
  'pads',
  'rules',
  'facts',
] as const

async function* writeSession(
  store: SessionStore,
  id: string,
  lines: ArchiveLines,
  outcome: Outcome,
): AsyncGenerator<Uint8Array<ArrayBuffer>> {
  const state = await readState(store, id)
  const row = state?.session
  if (state === undefined || row === undefined) {
    outcome.isGone = true
    return
  }
  const rows: Record<string, number> = {}
  const write = (table: string, slice: readonly object[]): Uint8Array<ArrayBuffer> => {
    rows[table] = (rows[table] ?? 0) + slice.length
    return lines.line({ table, rows: slice.map(withoutSession) })
  }
  yield lines.line({ begin: id, row })
  const birth = birthOf(row)
  let size = 16
  for (let from = 1; from < row.nextSeq;) {
    const to = Math.min(row.nextSeq - 1, from + size - 1)
    const read = await store.read({ session: id, birth, range: { from, to } })
    if (read.session?.branch !== row.branch) {
      yield lines.line({ again: id })
      outcome.isGone = read.session === undefined
      return
    }
    const line = write('messages', read.range)
    yield line
    from = to + 1
    size = nextSize(size, line.length)
  }
  for await (const slice of readArtifacts(store, id, birth)) {
    if (slice === 'gone') {
      yield lines.line({ again: id })
      outcome.isGone = true
      return
    }
    yield write(
      'artifacts',
      slice.map((artifact) => ({ ...artifact, bytes: toBase64(artifact.bytes) })),
    )
  }
  for (const table of STATE) {
    for (const slice of sliceRows(state[table])) yield write(table, slice)
  }
  outcome.isWhole = true
  yield lines.line({ end: id, rows })
}

/** Rows that fill about a slice, by what the last ones came to. */
function nextSize(size: number, bytes: number): number {
  const wanted = Math.floor((size * SLICE_BYTES) / Math.max(1, bytes))
  return Math.min(MAX_ROWS, size * 4, Math.max(1, wanted))
}

/** The row with all that can change, at one moment; undefined if the session is gone. */
async function readState(store: SessionStore, session: string): Promise<Snapshotted | undefined> {
  for (;;) {
    const { session: row } = await store.read({ session })
    if (row === undefined || row.arriving !== undefined) return undefined
    const read = await store.read(stateOf(row))
    if (read.session === undefined) return undefined
    const isSame = read.session.openJob === row.openJob
    if (isSame && read.session.lastGeneration === row.lastGeneration) return read
  }
}

function stateOf(row: SessionRow): ReadQuery {
  const numbers = Array.from({ length: row.lastGeneration }, (_, i) => i + 1)
  return {
    session: row.id,
    birth: birthOf(row),
    generations: 'all',
    snapshots: numbers,
    jobs: 'all',
    notes: 'all',
    pads: 'all',
    rules: 'all',
    facts: 'all',
    ...(row.openJob === 0 ? {} : { blocks: row.openJob }),
  }
}

/** Some at a time; `gone` last where the session was deleted meanwhile. */
async function* readArtifacts(
  store: SessionStore,
  session: string,
  birth: string,
): AsyncGenerator<readonly Artifact[] | 'gone'> {
  let hash = ''
  for (;;) {
    const read = await store.read({ session, birth, artifactsBehind: { hash, most: 8 } })
    const { artifacts } = read
    if (!read.session) yield 'gone'
    const last = artifacts.at(-1)
    if (last === undefined) return
    yield artifacts
    hash = last.hash
  }
}

function* sliceRows(rows: readonly object[]): Generator<readonly object[]> {
  // Digests are the largest of these rows, and have some tens of kilobytes.
  for (let from = 0; from < rows.length; from += 16) yield rows.slice(from, from + 16)
}

/** A session may come in under another id. */
function withoutSession(row: object): object {
  const { session, ...rest } = row as { readonly session?: unknown }
  void session
  return rest
}
