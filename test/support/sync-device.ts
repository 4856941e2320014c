import { applyCandidate } from '../../src/core/compaction/apply.ts'
import { describeSession } from '../../src/core/session/describe-session.ts'
import { recordText } from '../../src/core/memory/record-action.ts'
import { pinByOthers } from '../../src/core/memory/model-pins.ts'
import type { RuleRow } from '../../src/core/memory/vault/rule-row.ts'
import type { FactOverride } from '../../src/core/memory/facts/fact-override.ts'
import type { Pad } from '../../src/core/memory/pads/pad.ts'
import type {
  ReadQuery,
  SessionStore,
  Snapshotted,
  Write,
} from '../../src/core/ports/session-store.ts'
import { appendToLog, stampDraft } from '../../src/core/session/append.ts'
import { assembleContext } from '../../src/core/session/assemble.ts'
import { branchLog } from '../../src/core/session/branch.ts'
import type { Draft, Seq } from '../../src/core/session/message.ts'
import { newSession } from '../../src/core/session/new-session.ts'
import { resolvePolicy } from '../../src/core/session/policy.ts'
import { moveHead, rollBack } from '../../src/core/session/rollback.ts'
import { reviseSession, ROW_SCHEMA, type SessionRow } from '../../src/core/session/session-row.ts'
import {
  createLogVerifier,
  verifyGenerations,
  type Problem,
} from '../../src/core/session/verify-log.ts'
import { markUnsent } from '../../src/core/sync/mark-unsent.ts'
import { nextToSend, sendQuery, type ToSend } from '../../src/core/sync/next-to-send.ts'
import { NEVER_SYNCED } from '../../src/core/sync/sync-state.ts'
import { takeAnew, type TakenAnew } from '../../src/core/sync/take-anew.ts'
import { takeEntries, type TakeContext, type Taken } from '../../src/core/sync/take-entries.ts'
import { takeQuery, type TakenEntry } from '../../src/core/sync/take-query.ts'
import {
  createMemoryRows,
  createMemoryStore,
  type MemoryRows,
} from '../../src/store/memory-store.ts'
import { buildGeneration, buildLine } from './build-generation.ts'
import { countCharacters } from './build-log.ts'

const SESSION = 's'
const WHOLE: ReadQuery = {
  session: SESSION,
  range: { from: 1, to: Number.MAX_SAFE_INTEGER },
  generations: 'all',
  head: true,
  tail: true,
  pins: true,
  openJob: true,
  candidate: true,
  notes: 'all',
  pads: 'all',
  rules: 'all',
  facts: 'all',
}

/** One device with one session over the in-memory store, without anything that runs by itself. */
export class SyncDevice {
  readonly rows: MemoryRows = createMemoryRows()
  readonly store: SessionStore = createMemoryStore(this.rows)
  readonly name: string
  private count = 0

  constructor(name: string) {
    this.name = name
  }

  newId(): string {
    this.count += 1
    return `${this.name}${this.count}`
  }

  read(): Promise<Snapshotted> {
    return this.store.read(WHOLE)
  }

  /** Changes something as the engine would, over the store that marks what is unsent. */
  async change(
    decide: (read: Snapshotted, session: SessionRow) => readonly Write[],
  ): Promise<void> {
    await this.store.commit(WHOLE, (read) => {
      const { session } = read
      if (!session) return { writes: [], outcome: undefined }
      const writes = decide(read, session)
      return { writes: markUnsent(read, writes, () => this.newId()), outcome: undefined }
    })
  }

  async begin(): Promise<void> {
    const row = { ...newSession(SESSION, resolvePolicy(), 0), sync: NEVER_SYNCED, birth: this.name }
    await this.store.commit({ session: SESSION }, ({ session }) => ({
      writes: session ? [] : [{ table: 'sessions', row }],
      outcome: undefined,
    }))
  }

  async append(...drafts: readonly Draft[]): Promise<void> {
    await this.begin()
    await this.change((_read, session) => {
      const stamped = drafts.map((draft) =>
        stampDraft(draft, { id: this.newId(), at: 1, count: countCharacters }),
      )
      const appended = appendToLog(session, stamped)
      return [
        ...appended.messages.map((row): Write => ({
          table: 'messages',
          row: { ...row, session: SESSION },
        })),
        { table: 'sessions', row: appended.session },
      ]
    })
  }

  branch(after: Seq): Promise<void> {
    return this.change((read) => branchLog(read, after, 1).writes)
  }

  pin(seq: Seq, pinned: boolean): Promise<void> {
    return this.change((read) => pinByOthers(read, seq, pinned).writes)
  }

  note(text: string, kind: 'note' | 'rule-proposal' = 'note'): Promise<void> {
    return this.change((read) => recordText(read, kind, text, 1).writes)
  }

  describe(title: string): Promise<void> {
    return this.change((_read, session) => [
      { table: 'sessions', row: describeSession(session, { title }) },
    ])
  }

  rule(id: string, fields: Partial<RuleRow> = {}): Promise<void> {
    return this.change((_read, session) => {
      const newest = session.nextSeq - 1
      const row = { ...buildRule(id), sources: newest > 0 ? [newest] : [], ...fields }
      return [{ table: 'rules', row }]
    })
  }

  fact(id: string, text: string): Promise<void> {
    return this.change((_read, session) => {
      const decidedAt = session.nextSeq - 1
      const row: FactOverride = {
        session: SESSION,
        id,
        schema: ROW_SCHEMA,
        found: id,
        text,
        section: 'facts',
        sources: decidedAt > 0 ? [decidedAt] : [],
        decidedAt,
      }
      return [{ table: 'facts', row }]
    })
  }

  pad(name: string): Promise<void> {
    return this.change((read, session) => {
      const n = (read.pads.at(-1)?.n ?? 0) + 1
      return [{ table: 'pads', row: buildPad(n, name, session.nextSeq - 1) }]
    })
  }

  removePad(index: number): Promise<void> {
    return this.change((read) => {
      const pad = read.pads.at(index % Math.max(1, read.pads.length))
      return pad ? [{ table: 'pads', removePad: { session: SESSION, n: pad.n } }] : []
    })
  }

  /** Folds by hand up to the newest active message that is allowed. */
  fold(upTo: 'confirmed' | 'anything'): Promise<void> {
    return this.change((read, session) => {
      const most = upTo === 'anything' ? Infinity : (session.sync?.confirmed ?? 0)
      const atMark = read.tail.findLast(({ seq }) => seq <= most)
      if (!atMark) return []
      const n = session.lastGeneration + 1
      const tail = read.tail.filter(({ seq }) => seq > atMark.seq)
      const generation = buildGeneration(atMark, {
        n,
        parent: session.head,
        status: 'applied',
        appliedAt: 1,
        createdAt: this.count,
        digest: [buildLine({ id: `${this.name}${this.count}`, sources: [atMark.seq] })],
        stubs: tail.map(({ seq }) => ({
          seq,
          part: 0,
          artifact: 'a',
          text: 'stub',
          tokensBefore: 4,
          tokens: 1,
        })),
      })
      const made = reviseSession(session, { lastGeneration: n })
      const generations = [...read.generations, generation]
      const moved = moveHead({ ...read, generations }, made, generation, 1)
      const others = moved.writes.filter(
        (write) => !(write.table === 'generations' && write.row.n === session.head),
      )
      return [
        ...others,
        { table: 'generations', row: generation },
        { table: 'sessions', row: moved.session },
      ]
    })
  }

  /** Makes the ready candidate the head. */
  async apply(): Promise<void> {
    await this.store.commit({ ...WHOLE, asApplied: true }, (read) => {
      const writes = markUnsent(read, applyCandidate(read, 1).writes, () => this.newId())
      return { writes, outcome: undefined }
    })
  }

  rollBack(index: number): Promise<void> {
    return this.change((read) => {
      const numbers = [0, ...read.generations.map(({ n }) => n)]
      return rollBack(read, numbers[index % numbers.length] ?? 0, 1).writes
    })
  }

  /** Takes the session in from its beginning, because something is missing. */
  async takeAnew(entries: readonly TakenEntry[]): Promise<TakenAnew> {
    return this.store.commit(WHOLE, (read) => takeAnew(read, entries, this.context()))
  }

  async take(entries: readonly TakenEntry[]): Promise<Exclude<Taken, { kind: 'needs' }>> {
    let query = takeQuery(SESSION, entries)
    for (let tries = 0; tries < 4; tries += 1) {
      const outcome = await this.store.commit(query, (read) =>
        takeEntries(read, entries, this.context()),
      )
      if (outcome.kind !== 'needs') return outcome
      query = outcome.query
    }
    throw new Error(
      `more is needed again and again: ${JSON.stringify(query)} ${JSON.stringify((await this.row())?.sync)}`,
    )
  }

  private context(): TakeContext {
    return { session: SESSION, device: this.name, now: 2, birth: `${this.name}0` }
  }

  async next(): Promise<ToSend> {
    const row = this.rows.sessions.get(SESSION)
    if (!row) return { kind: 'nothing' }
    return nextToSend(await this.store.read(sendQuery(row)), this.name)
  }

  async row(): Promise<SessionRow | undefined> {
    return (await this.store.read({ session: SESSION })).session
  }

  /** What does not fit together of what is stored. */
  async problems(): Promise<readonly (Problem | string)[]> {
    const read = await this.read()
    const { session } = read
    if (!session) return []
    const problems: (Problem | string)[] = []
    const tell = (problem: Problem): void => void problems.push(problem)
    const verifier = createLogVerifier(new Set(read.generations.map(({ mark }) => mark)), tell)
    for (const message of this.rows.messages.get(SESSION) ?? []) verifier.add(message)
    verifier.end(session)
    verifyGenerations(session, read.generations, verifier.chainAt, tell)
    const { head, pins, tail } = read
    const { categories } = assembleContext({ head, pins, tail, pinned: session.pins })
    if (JSON.stringify(categories) !== JSON.stringify(session.tokens.context)) {
      problems.push(`context ${JSON.stringify([categories, session.tokens.context])}`)
    }
    const inactive = new Set(read.range.flatMap(({ active, seq }) => (active ? [] : [seq])))
    if (session.pins.some((seq) => inactive.has(seq) || seq >= session.nextSeq)) {
      problems.push(`pins ${session.pins.join()}`)
    }
    return problems
  }

  /** All that devices agree on. */
  async agreed(): Promise<unknown> {
    const { session, range, notes, pads, rules, facts, head } = await this.read()
    if (!session) return undefined
    const { sync, details } = session
    return {
      log: range.map(({ id, seq, chain, active, through, hash }) => [
        id,
        seq,
        chain.slice(0, 8),
        active,
        through,
        hash.slice(0, 8),
      ]),
      pins: session.pins,
      turns: session.turns,
      details,
      notes,
      pads,
      rules,
      facts,
      head: [sync?.head.id, head?.record, session.mark, head?.digest, head?.stubs, head?.coverage],
      position: sync?.head.position,
      confirmed: sync?.confirmed,
      unsent: sync?.unsent,
      context: session.tokens.context,
    }
  }
}

export function buildRule(id: string): RuleRow {
  return {
    session: SESSION,
    id,
    schema: ROW_SCHEMA,
    kind: 'rule',
    quote: id,
    sources: [],
    origin: 'extracted',
    status: 'in-force',
    isPinned: false,
  }
}

export function buildPad(n: number, name: string, seq: Seq): Pad {
  return {
    session: SESSION,
    n,
    schema: ROW_SCHEMA,
    name,
    shape: name,
    origin: 'extracted',
    isNamed: false,
    isEdited: false,
    isDeleted: false,
    goal: name,
    terms: [],
    params: [{ name: 'p', origin: 'request', examples: ['1'], spans: [{ seq, from: 0, to: 1 }] }],
    steps: [
      {
        tool: 't',
        does: 'read',
        arguments: [
          { path: '$', pieces: [{ from: 'artifact', artifact: 'a', length: 1, seq, part: 0 }] },
        ],
      },
    ],
    preconditions: [],
    outcome: '',
    sources: [seq],
    runs: [seq],
    uses: 1,
    successes: 1,
    failures: 0,
    failedInARow: 0,
  }
}
