import { createHash } from 'node:crypto'
import type { ContextResult } from '../../src/protocol/requests.ts'
import type { Job } from '../../src/core/compaction/job.ts'
import type { Message } from '../../src/core/session/message.ts'
import type { SessionRow } from '../../src/core/session/session-row.ts'
import type { MemoryRows } from '../../src/store/memory-store.ts'
import { findAnthropicFaults, findOpenAiFaults } from '../support/legality.ts'
import { toAnthropic } from '../../src/adapters/anthropic.ts'

/** What a host was told about a message when its append resolved. */
interface Acknowledged {
  readonly seq: number
  readonly text: string
}

/**
 * The checker's own idea of what must hold. It knows what was appended from what the host was told,
 * and computes everything else by itself from the rows: no line of it is shared with the core.
 */
export class LogModel {
  private readonly acknowledged = new Map<string, Acknowledged>()
  private readonly seenJobs = new Map<number, Job>()
  private readonly claims = new Map<number, string>()
  private readonly places = new Map<string, number>()
  private readonly written = new Map<number, string>()
  /** Messages found right, with the chain that they were behind. */
  private readonly verified = new WeakMap<Message, string>()
  private readonly appliedCoverage = new Map<number, string>()
  private headVersion = 0
  private lastGeneration = 0
  private epoch = 0
  private readonly rows: MemoryRows
  private readonly session: string

  constructor(rows: MemoryRows, session: string) {
    this.rows = rows
    this.session = session
  }

  acknowledge(ids: readonly string[], seqs: readonly number[], texts: readonly string[]): void {
    ids.forEach((id, index) => {
      const seq = seqs[index]
      const text = texts[index]
      if (seq === undefined || text === undefined) fail(`append of ${id} was answered in part`)
      this.acknowledged.set(id, { seq, text })
    })
  }

  /** Checks everything that can be seen in the rows. Called after every step, of this tab. */
  checkRows(actor: string): void {
    this.checkJobSteps(actor)
    const log = this.rows.messages.get(this.session) ?? []
    const row = this.rows.sessions.get(this.session)
    if (!row) return
    this.checkLog(log)
    expect(row.nextSeq === log.length + 1, 'the next position is not the end of the log')
    expect(row.headVersion >= this.headVersion, 'the head version went back')
    expect(row.lastGeneration >= this.lastGeneration, 'a generation number was used again')
    expect(row.epoch >= this.epoch, 'the epoch went back')
    this.headVersion = row.headVersion
    this.lastGeneration = row.lastGeneration
    this.epoch = row.epoch
    const active = log.filter((message) => message.active)
    const sum = active.reduce((tokens, message) => tokens + message.tokens, 0)
    expect(row.tokens.log === sum, `the log has ${sum} tokens, the session says ${row.tokens.log}`)
    expect(row.messages === active.length, 'the session counts its messages wrong')
    this.checkJobs(row.openJob)
    this.checkTokens(row, active)
    this.checkHead(row.head, row.mark, active)
  }

  /** Checks a context that a host was given. */
  checkContext(context: ContextResult, budgetTokens: number): void {
    const log = this.rows.messages.get(this.session) ?? []
    const seen = context.entries.flatMap((entry) =>
      entry.kind === 'digest' || entry.kind === 'pinned' ? [] : [entry.message.seq],
    )
    const wanted = log
      .filter((m) => m.seq > context.mark && m.seq <= context.through)
      .filter((m) => m.active || seen.includes(m.seq))
      .map((m) => m.seq)
    expect(seen.join() === wanted.join(), `messages ${seen.join()} instead of ${wanted.join()}`)
    for (const entry of context.entries) {
      if (entry.kind !== 'message') continue
      const text = textOf(entry.message)
      expect(text === this.written.get(entry.message.seq), `message ${entry.message.seq} differs`)
    }
    const faults = findOpenAiFaults(context.messages)
    expect(faults.length === 0, `chat completions refuse it: ${faults.join('; ')}`)
    const anthropic = findAnthropicFaults(toAnthropic(context))
    expect(anthropic.length === 0, `the Messages API refuses it: ${anthropic.join('; ')}`)
    expect(context.tokens <= budgetTokens, `${context.tokens} tokens exceed ${budgetTokens}`)
  }

  /** Between two applied generations a context only grows at its end. */
  checkGrowth(before: ContextResult, after: ContextResult): void {
    if (before.generation !== after.generation || before.squeezed || after.squeezed) return
    const log = this.rows.messages.get(this.session) ?? []
    const left = before.entries.some((e) => e.kind !== 'digest' && !log[e.message.seq - 1]?.active)
    if (left || pinsOf(before) !== pinsOf(after)) return
    const [shorter, longer] = [JSON.stringify(before.entries), JSON.stringify(after.entries)]
    const isPrefix = longer.startsWith(shorter.slice(0, -1))
    expect(isPrefix, `the context changed before its end, within generation ${after.generation}`)
  }

  /** Every acknowledged message is in the log, once, as it was. */
  checkNothingLost(): void {
    const log = this.rows.messages.get(this.session) ?? []
    for (const [id, { seq, text }] of this.acknowledged) {
      const found = log.filter((message) => message.id === id)
      expect(found.length === 1, `message ${id} is in the log ${found.length} times`)
      expect(found[0]?.seq === seq, `message ${id} moved from ${seq} to ${found[0]?.seq}`)
      expect(found[0] !== undefined && textOf(found[0]) === text, `message ${id} differs`)
    }
  }

  private checkLog(log: readonly Message[]): void {
    let chain = ''
    log.forEach((message, index) => {
      expect(message.seq === index + 1, `position ${index + 1} holds message ${message.seq}`)
      // Rows are never changed in place, so a row that was right behind the same chain still is.
      const isKnown = this.verified.get(message) === chain
      if (!isKnown) this.checkMessage(message, chain)
      if (message.active) chain = message.chain
    })
  }

  /** What the session says its context counts is what a context built now would count. */
  private checkTokens(row: SessionRow, active: readonly Message[]): void {
    const head = this.rows.generations.get(this.session)?.get(row.head)
    const pins = new Set(row.pins)
    const shown = active.filter((message) => message.seq > row.mark || pins.has(message.seq))
    const saved = (head?.stubs ?? [])
      .filter((stub) => !pins.has(stub.seq) && active.some(({ seq }) => seq === stub.seq))
      .reduce((tokens, stub) => tokens + stub.tokensBefore - stub.tokens, 0)
    const sum = shown.reduce((tokens, message) => tokens + message.tokens, head?.digestTokens ?? 0)
    const { pinned, digest, user, assistant, tools } = row.tokens.context
    const told = pinned + digest + user + assistant + tools
    expect(told === sum - saved, `the context has ${sum - saved} tokens, the session says ${told}`)
  }

  private checkMessage(message: Message, chain: string): void {
    const text = textOf(message)
    const known = this.written.get(message.seq) ?? text
    expect(known === text, `message ${message.seq} was rewritten`)
    this.written.set(message.seq, text)
    const place = this.places.get(message.id) ?? message.seq
    expect(place === message.seq, `message ${message.id} is at ${place} and at ${message.seq}`)
    this.places.set(message.id, message.seq)
    const right = !message.active || message.chain === sha256(chain + message.hash)
    expect(right, `the chain breaks at message ${message.seq}`)
    this.verified.set(message, chain)
  }

  /** Once a tab has taken a job over, no other tab's steps count any more. */
  private checkJobSteps(actor: string): void {
    for (const job of this.rows.jobs.get(this.session)?.values() ?? []) {
      const known = this.seenJobs.get(job.n)
      if (known === job) continue
      this.seenJobs.set(job.n, job)
      if (!known || job.attempt > known.attempt) this.claims.set(job.n, actor)
      const isStep =
        known &&
        (job.done !== known.done ||
          job.attempt < known.attempt ||
          job.generation !== known.generation)
      const claim = this.claims.get(job.n)
      const allowed = !isStep || claim === actor
      expect(allowed, `${actor} went on with job ${job.n}, which ${claim} had taken over`)
    }
  }

  private checkJobs(openJob: number): void {
    const jobs = [...(this.rows.jobs.get(this.session)?.values() ?? [])]
    const running = jobs.filter((job) => job.state === 'running' || job.state === 'ready')
    expect(running.length <= 1, `${running.length} jobs hold the slot`)
    expect(
      running.every((job) => job.n === openJob),
      'a job without the slot is still running',
    )
    for (const job of jobs) {
      const ended = job.state !== 'running'
      expect(!ended || job.reason !== undefined, `job ${job.n} ended without a reason`)
    }
  }

  private checkHead(head: number, mark: number, active: readonly Message[]): void {
    const generation = this.rows.generations.get(this.session)?.get(head)
    if (head === 0) {
      expect(mark === 0, 'without a generation there is a mark')
      return
    }
    if (!generation) fail(`the head ${head} does not exist`)
    expect(generation.mark === mark, 'session and head disagree about the mark')
    expect(generation.status === 'applied', `the head is ${generation.status}`)
    const atMark = active.find((message) => message.seq === mark)
    expect(atMark?.chain === generation.coverage, 'the head covers what is not in the log')
    const covered = active.filter((message) => message.seq <= mark).length
    expect(generation.covered === covered, `${covered} covered, head says ${generation.covered}`)
    for (const line of generation.digest) {
      const legal = line.sources.length > 0 && line.sources.every((seq) => seq >= 1 && seq <= mark)
      expect(legal, `a digest line names ${line.sources.join()} above the mark ${mark}`)
    }
    const known = this.appliedCoverage.get(head) ?? generation.coverage
    expect(known === generation.coverage, `generation ${head} forked`)
    this.appliedCoverage.set(head, generation.coverage)
    const snapshot = this.rows.snapshots.get(this.session)?.get(head)
    expect(snapshot !== undefined, `generation ${head} was applied without a snapshot`)
  }
}

/** A failure of an invariant; the simulation adds seed and trace. */
export class InvariantError extends Error {}

function expect(holds: boolean, otherwise: string): void {
  if (!holds) fail(otherwise)
}

function fail(what: string): never {
  throw new InvariantError(what)
}

function pinsOf(context: ContextResult): string {
  return context.entries.flatMap((e) => (e.kind === 'pinned' ? [e.message.seq] : [])).join()
}

function textOf(message: Message): string {
  return JSON.stringify(message.parts)
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex')
}
