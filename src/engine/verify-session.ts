import { hashText } from '../core/session/chain.ts'
import type { Generation } from '../core/session/generation.ts'
import type { Seq } from '../core/session/message.ts'
import type { SessionRow } from '../core/session/session-row.ts'
import {
  createLogVerifier,
  verifyGenerations,
  type Integrity,
  type LogVerifier,
  type Problem,
} from '../core/session/verify-log.ts'
import { placesOfPayload } from '../core/memory/artifacts/find-payload.ts'
import { openSegment } from '../core/memory/recall/open-segment.ts'
import { isBackfoldError } from '../core/backfold-error.ts'
import type { ReadQuery, Snapshotted } from '../core/ports/session-store.ts'
import { findInLog } from './find-in-log.ts'
import type { SessionCell } from './session-cell.ts'
import { sessionGone } from './bind-store.ts'
import { unpackArtifact } from './unpack-artifact.ts'

/** Messages read in one transaction: appends come in between. */
const SLICE = 32
const SEGMENT_SLICE = 8
const MAX_PROBLEMS = 1_000
/** A branch while it is looked at takes messages off the path that were counted to it. */
const MAX_ATTEMPTS = 3

/**
 * Looks whether everything that is stored of a session fits together, a slice at a time. Damage is told, never thrown.
 *
 * @throws BackfoldError `SESSION_NOT_FOUND`, or `STORAGE_*` where nothing can be read at all.
 * @see SPEC.md rules VER1–VER7
 */
export async function verifySession(cell: SessionCell): Promise<Integrity> {
  for (let attempt = 1; ; attempt += 1) {
    const before = await readSession(cell)
    if (!before) return UNREADABLE
    const integrity = await verifyOnce(cell, before)
    const after = await readSession(cell)
    const hasMoved = after?.branch !== before.branch || after.headVersion !== before.headVersion
    if (!hasMoved || attempt >= MAX_ATTEMPTS) return integrity
  }
}

const UNREADABLE: Integrity = {
  isSound: false,
  messages: 0,
  problems: [{ what: 'unreadable', where: 'session' }],
}

/** Undefined where it can't be read. */
async function readSession(cell: SessionCell): Promise<SessionRow | undefined> {
  const read = await tryRead(cell, {})
  if (read && !read.session) throw sessionGone(cell.id)
  return read?.session
}

async function verifyOnce(cell: SessionCell, session: SessionRow): Promise<Integrity> {
  const problems: Problem[] = []
  const told = new Set<string>()
  const tell = (problem: Problem): void => {
    const name = `${problem.what} ${problem.where}`
    if (problems.length >= MAX_PROBLEMS || told.has(name)) return
    told.add(name)
    problems.push(problem)
  }
  const generations = await readGenerations(cell, session, tell)
  const log = createLogVerifier(new Set(generations.map(({ mark }) => mark)), tell)
  const newest = session.nextSeq - 1
  for (let from = 1; from <= newest; from += SLICE) {
    await verifySlice(cell, log, from, Math.min(newest, from + SLICE - 1))
  }
  log.end(session)
  verifyGenerations(session, generations, log.chainAt, tell)
  await verifyArtifacts(cell, generations, tell)
  await verifyIndex(cell, newest, tell)
  return { isSound: problems.length === 0, messages: newest, problems }
}

/** What can be read; undefined for rows that can't. */
async function tryRead(
  { ports, id }: SessionCell,
  query: Omit<ReadQuery, 'session'>,
): Promise<Snapshotted | undefined> {
  try {
    return await ports.store.read({ session: id, ...query })
  } catch (failure) {
    // A row that is damaged where rows are encrypted. Anything else is no damage of this session.
    if (isBackfoldError(failure) && failure.code === 'INTERNAL') return undefined
    throw failure
  }
}

async function verifySlice(cell: SessionCell, log: LogVerifier, from: Seq, to: Seq): Promise<void> {
  const read = await tryRead(cell, { range: { from, to } })
  const found = new Map(
    (read?.range ?? []).flatMap((message) =>
      isRow(message) ? [[message.seq, message] as const] : [],
    ),
  )
  for (let seq = from; seq <= to; seq += 1) {
    // Where one of a slice can't be read, each is read by itself.
    const alone = read ?? (await tryRead(cell, { at: [seq] }))
    log.add(read ? found.get(seq) : alone?.at[0], alone !== undefined)
  }
}

function isRow(value: unknown): boolean {
  return typeof value === 'object' && value !== null
}

async function readGenerations(
  cell: SessionCell,
  { lastGeneration }: SessionRow,
  tell: (problem: Problem) => void,
): Promise<readonly Generation[]> {
  const read = await tryRead(cell, { generations: 'all' })
  if (read) return read.generations
  const generations: Generation[] = []
  for (let n = 1; n <= lastGeneration; n += 1) {
    const alone = await tryRead(cell, { generations: [n] })
    if (!alone) tell({ what: 'unreadable', where: `generation ${n}` })
    generations.push(...(alone?.generations ?? []))
  }
  return generations
}

/** Everything that a stub or a line of any generation stands for can be brought back, to the letter. */
async function verifyArtifacts(
  cell: SessionCell,
  generations: readonly Generation[],
  tell: (problem: Problem) => void,
): Promise<void> {
  const hashes = new Set(
    generations.flatMap(({ stubs, digest }) =>
      [...stubs, ...digest].flatMap(({ artifact }) => artifact ?? []),
    ),
  )
  for (const hash of hashes) {
    const where = `artifact ${hash}`
    const read = await tryRead(cell, { artifacts: [hash] })
    const artifact = read?.artifacts[0]
    if (!artifact) {
      // What another device has moved out is not stored here: it is cut out of the log when it is asked for.
      if (read && (await isInLog(cell, generations, hash))) continue
      tell({ what: read ? 'missing' : 'unreadable', where })
      continue
    }
    try {
      if (hashText(await unpackArtifact(cell.ports, artifact)) === hash) continue
      tell({ what: 'content', where })
    } catch {
      tell({ what: 'content', where })
    }
  }
}

/** Whether a payload can be cut out of the messages that the generations name. */
async function isInLog(
  cell: SessionCell,
  generations: readonly Generation[],
  hash: string,
): Promise<boolean> {
  const places = placesOfPayload({ generations, pads: [] }, hash)
  try {
    const wanted = { session: cell.id, hash, places }
    return (await findInLog(cell.ports.store, wanted)) !== undefined
  } catch (failure) {
    // A message that is damaged holds nothing, and is told by itself.
    if (isBackfoldError(failure) && failure.code !== 'INTERNAL') throw failure
    return false
  }
}

async function verifyIndex(
  cell: SessionCell,
  newest: Seq,
  tell: (problem: Problem) => void,
): Promise<void> {
  let next = 1
  for (let first = 0; ; first += SEGMENT_SLICE) {
    const numbers = Array.from({ length: SEGMENT_SLICE }, (_, index) => first + index)
    const read = await tryRead(cell, { index: numbers })
    if (!read) tell({ what: 'unreadable', where: `segments from ${first}` })
    for (const row of read?.index ?? []) {
      const opened = openSegment(row)
      if (opened?.segment.from !== next || opened.segment.to > newest) {
        tell({ what: 'index', where: `segment ${row.segment}` })
      }
      next = (opened?.segment.to ?? next - 1) + 1
    }
    if (!read || read.index.length < SEGMENT_SLICE) return
  }
}
