import type {
  Decide,
  ReadQuery,
  Removed,
  SessionStore,
  Snapshotted,
  Write,
} from '../core/ports/session-store.ts'
import { BackfoldError } from '../core/backfold-error.ts'
import type { BlockDigest, Job } from '../core/compaction/job.ts'
import type { FactOverride } from '../core/memory/facts/fact-override.ts'
import type { MemoryAction } from '../core/memory/memory-action.ts'
import type { Pad } from '../core/memory/pads/pad.ts'
import type { SegmentRow } from '../core/memory/recall/segment.ts'
import type { RuleRow } from '../core/memory/vault/rule-row.ts'
import {
  mayReplace,
  type Artifact,
  type Generation,
  type Snapshot,
} from '../core/session/generation.ts'
import type { Message, Seq } from '../core/session/message.ts'
import type { SessionRow } from '../core/session/session-row.ts'
import { NOTHING_READ } from './nothing-read.ts'
import { mayReceive, sessionOf, standing } from './standing.ts'

/** Rows of one database. Several stores over the same rows behave as several tabs of one origin. */
export interface MemoryRows {
  readonly sessions: Map<string, SessionRow>
  /** Messages of a session by seq − 1. */
  readonly messages: Map<string, Message[]>
  readonly generations: Map<string, Map<number, Generation>>
  readonly snapshots: Map<string, Map<number, Snapshot>>
  readonly jobs: Map<string, Map<number, Job>>
  readonly blocks: Map<string, BlockDigest[]>
  readonly artifacts: Map<string, Artifact>
  readonly notes: Map<string, Map<number, MemoryAction>>
  readonly pads: Map<string, Map<number, Pad>>
  readonly rules: Map<string, Map<string, RuleRow>>
  readonly facts: Map<string, Map<string, FactOverride>>
  readonly index: Map<string, Map<number, SegmentRow>>
}

/** An empty in-memory database. */
export function createMemoryRows(): MemoryRows {
  return {
    sessions: new Map(),
    messages: new Map(),
    generations: new Map(),
    snapshots: new Map(),
    jobs: new Map(),
    blocks: new Map(),
    artifacts: new Map(),
    notes: new Map(),
    pads: new Map(),
    rules: new Map(),
    facts: new Map(),
    index: new Map(),
  }
}

/**
 * The in-memory twin of the Dexie store: the same contract, nothing survives the process. For Node, for
 * tests, and for pages where storage is denied.
 */
export function createMemoryStore(rows: MemoryRows = createMemoryRows()): SessionStore {
  let closed = false
  const expectOpen = (): void => {
    if (closed) throw new BackfoldError('CLOSED', 'the store is closed')
  }
  return {
    async read(query) {
      expectOpen()
      return readRows(rows, query)
    },
    async commit<Outcome>(query: ReadQuery, decide: Decide<Outcome>) {
      expectOpen()
      const { writes, outcome } = decide(readRows(rows, query))
      for (const write of writes) applyWrite(rows, write)
      return outcome
    },
    async put(writes, birth) {
      expectOpen()
      for (const write of writes) {
        if (mayReceive(rows.sessions.get(sessionOf(write)), birth)) applyWrite(rows, write)
      }
    },
    async remove(session, onGone, isMeant = () => true) {
      expectOpen()
      const row = rows.sessions.get(session)
      if (row && !isMeant(row)) return undefined
      const removed = removeSession(rows, session)
      onGone?.()
      return removed
    },
    async listSessions() {
      expectOpen()
      const whole = [...rows.sessions.values()].filter(({ arriving }) => arriving === undefined)
      return whole.toSorted((a, b) => b.createdAt - a.createdAt)
    },
    async listJobs(most) {
      expectOpen()
      const jobs = [...rows.jobs.values()].flatMap((own) => [...own.values()])
      return jobs.toSorted(newestFirst).slice(0, most)
    },
    async close() {
      closed = true
    },
  }
}

/** As IndexedDB orders them: by the time they started, then by key. */
function newestFirst(a: Job, b: Job): number {
  if (a.startedAt !== b.startedAt) return b.startedAt - a.startedAt
  if (a.session !== b.session) return a.session < b.session ? 1 : -1
  return b.n - a.n
}

function readRows(rows: MemoryRows, query: ReadQuery): Snapshotted {
  const id = query.session
  const session = rows.sessions.get(id)
  if (standing(session, query) !== 'there') return NOTHING_READ
  const log = rows.messages.get(id) ?? []
  const candidate = session?.candidate
    ? rows.generations.get(id)?.get(session.candidate)
    : undefined
  const mark = (query.asApplied ? candidate?.mark : undefined) ?? session?.mark ?? 0
  const openJob = session?.openJob ? rows.jobs.get(id)?.get(session.openJob) : undefined
  const present = (seqs: readonly Seq[]): Message[] => seqs.flatMap((seq) => log[seq - 1] ?? [])
  return {
    session,
    head: query.head && session?.head ? rows.generations.get(id)?.get(session.head) : undefined,
    tail: query.tail ? log.slice(mark).filter((message) => message.active) : [],
    pins: query.pins ? present((session?.pins ?? []).filter((seq) => seq <= mark)) : [],
    range: query.range ? rangeOf(log, query.range) : [],
    at: present(query.at ?? []),
    ids: query.ids ? byMessageId(log, query.ids) : [],
    generations: select(rows.generations.get(id), query.generations),
    candidate: query.candidate ? candidate : undefined,
    candidateMark: query.candidate && candidate ? log[candidate.mark - 1] : undefined,
    snapshots: select(rows.snapshots.get(id), query.snapshots),
    jobs: select(rows.jobs.get(id), query.jobs),
    openJob: query.openJob ? openJob : undefined,
    blocks:
      query.blocks === undefined ? [] : [...(rows.blocks.get(blockKey(id, query.blocks)) ?? [])],
    artifacts: query.artifactsBehind
      ? artifactsBehind(rows, id, query.artifactsBehind)
      : (query.artifacts ?? []).flatMap((hash) => findArtifact(rows, `${id} ${hash}`) ?? []),
    notes: select(rows.notes.get(id), query.notes),
    pads: select(rows.pads.get(id), query.pads),
    rules: query.rules ? byId(rows.rules.get(id)) : [],
    facts: query.facts ? byId(rows.facts.get(id)) : [],
    index: select(rows.index.get(id), query.index),
  }
}

/** Places by id of the logs that were asked by ids: looking through a long log at every append would take ever longer. */
const placesOf = new WeakMap<readonly Message[], Map<string, Seq>>()

function byMessageId(log: readonly Message[], ids: readonly string[]): readonly Message[] {
  const places = placesOf.get(log) ?? new Map(presentOf(log).map(({ id, seq }) => [id, seq]))
  placesOf.set(log, places)
  const found = [...new Set(ids)].flatMap((id) => {
    const message = log[(places.get(id) ?? 0) - 1]
    // Another one may have that place by now.
    return message?.id === id ? message : []
  })
  return found.toSorted((a, b) => a.seq - b.seq)
}

function rangeOf(
  log: readonly Message[],
  { from, to, most = Infinity }: NonNullable<ReadQuery['range']>,
): readonly Message[] {
  return presentOf(log.slice(Math.max(0, from - 1), to)).slice(0, most)
}

/** Places may be empty: what was lost is no message. */
function presentOf(log: readonly Message[]): readonly Message[] {
  return log.filter((message) => message !== undefined)
}

function findArtifact(rows: MemoryRows, key: string): Artifact | undefined {
  const exact = rows.artifacts.get(key)
  if (exact) return exact
  for (const [own, artifact] of rows.artifacts) if (own.startsWith(key)) return artifact
  return undefined
}

function artifactsBehind(
  rows: MemoryRows,
  session: string,
  { hash, most }: NonNullable<ReadQuery['artifactsBehind']>,
): readonly Artifact[] {
  const own = [...rows.artifacts.values()].filter(
    (row) => row.session === session && row.hash > hash,
  )
  return own.toSorted((a, b) => (a.hash < b.hash ? -1 : 1)).slice(0, most)
}

function applyWrite(rows: MemoryRows, write: Write): void {
  switch (write.table) {
    case 'sessions':
      rows.sessions.set(write.row.id, write.row)
      return
    case 'messages': {
      const { session, ...message } = write.row
      const log = rows.messages.get(session) ?? []
      log[message.seq - 1] = message
      placesOf.get(log)?.set(message.id, message.seq)
      rows.messages.set(session, log)
      return
    }
    case 'generations':
      tableOf(rows.generations, write.row.session).set(write.row.n, write.row)
      return
    case 'snapshots':
      tableOf(rows.snapshots, write.row.session).set(write.row.n, write.row)
      return
    case 'jobs':
      tableOf(rows.jobs, write.row.session).set(write.row.n, write.row)
      return
    case 'blocks': {
      if ('remove' in write) {
        rows.blocks.delete(blockKey(write.remove.session, write.remove.job))
        return
      }
      const key = blockKey(write.row.session, write.row.job)
      const blocks = (rows.blocks.get(key) ?? []).filter(({ block }) => block !== write.row.block)
      rows.blocks.set(
        key,
        [...blocks, write.row].toSorted((a, b) => a.block - b.block),
      )
      return
    }
    case 'artifacts': {
      const key = `${write.row.session} ${write.row.hash}`
      if (mayReplace(rows.artifacts.get(key), write.row)) rows.artifacts.set(key, write.row)
      return
    }
    case 'notes':
      tableOf(rows.notes, write.row.session).set(write.row.n, write.row)
      return
    case 'pads':
      if ('removePad' in write)
        tableOf(rows.pads, write.removePad.session).delete(write.removePad.n)
      else tableOf(rows.pads, write.row.session).set(write.row.n, write.row)
      return
    case 'rules':
      tableOf(rows.rules, write.row.session).set(write.row.id, write.row)
      return
    case 'facts':
      tableOf(rows.facts, write.row.session).set(write.row.id, write.row)
      return
    case 'index':
      tableOf(rows.index, write.row.session).set(write.row.segment, write.row)
      return
  }
}

function removeSession(rows: MemoryRows, session: string): Removed | undefined {
  const isThere = rows.sessions.delete(session)
  const messages = rows.messages.get(session)?.length ?? 0
  const own = (key: string): boolean => key.startsWith(`${session} `)
  const artifacts = [...rows.artifacts.values()].filter((row) => row.session === session)
  for (const { hash } of artifacts) rows.artifacts.delete(`${session} ${hash}`)
  for (const [key, [block]] of rows.blocks) {
    if (own(key) && block?.session === session) rows.blocks.delete(key)
  }
  for (const table of Object.values(rows)) (table as Map<string, unknown>).delete(session)
  return isThere ? { messages, artifacts: artifacts.length } : undefined
}

function tableOf<Key, Row>(table: Map<string, Map<Key, Row>>, session: string): Map<Key, Row> {
  const own = table.get(session) ?? new Map<Key, Row>()
  table.set(session, own)
  return own
}

/** As IndexedDB orders them. */
function byId<Row extends { readonly id: string }>(
  rows: ReadonlyMap<string, Row> | undefined,
): Row[] {
  return [...(rows?.values() ?? [])].toSorted((a, b) => (a.id < b.id ? -1 : 1))
}

function select<Row>(
  rows: ReadonlyMap<number, Row> | undefined,
  wanted: 'all' | readonly number[] | undefined,
): Row[] {
  if (!rows || wanted === undefined) return []
  if (wanted === 'all')
    return [...rows.entries()].toSorted(([a], [b]) => a - b).map(([, row]) => row)
  return wanted.flatMap((n) => rows.get(n) ?? [])
}

function blockKey(session: string, job: number): string {
  return `${session} ${job}`
}
