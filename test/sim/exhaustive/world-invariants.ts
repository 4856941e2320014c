import { createHash } from 'node:crypto'
import { assembleContext } from '../../../src/core/session/assemble.ts'
import type { Entry } from '../../../src/core/session/context.ts'
import type { Job } from '../../../src/core/compaction/job.ts'
import type { SessionRow } from '../../../src/core/session/session-row.ts'
import type { Message } from '../../../src/core/session/message.ts'
import { must } from './broken-invariant.ts'
import { activeOf, expectedContext, headOf } from './expected-context.ts'
import { readWorld, type SmallWorld } from './small-world.ts'

/** What must hold of every world, whatever led to it. Computed from the rows, without the core's code. */
export function checkWorld(world: SmallWorld): void {
  checkLog(world)
  checkJobs(world)
  checkHead(world)
  checkPins(world)
  checkContext(world)
  checkCounters(world)
}

function checkLog(world: SmallWorld): void {
  const { session, log } = world
  let chain = ''
  let through = 0
  log.forEach((message, index) => {
    must(message.seq === index + 1, `position ${index + 1} holds message ${message.seq}`)
    must(message.id === `m${index + 1}`, `message ${message.id} moved to ${index + 1}`)
    if (!message.active) return
    chain = sha256(chain + message.hash)
    through += message.tokens
    must(message.chain === chain, `the chain breaks at message ${message.seq}`)
    must(message.through === through, `the running sum is wrong at message ${message.seq}`)
  })
  must(session.nextSeq === log.length + 1, 'the next position is not the end of the log')
  must(session.chain === chain, 'the session has another chain than its newest message')
}

const hashes = new Map<string, string>()

function sha256(text: string): string {
  const hash = hashes.get(text) ?? createHash('sha256').update(text).digest('hex')
  hashes.set(text, hash)
  return hash
}

function checkJobs({ session, jobs, generations, snapshots }: SmallWorld): void {
  const open = jobs.filter(({ state }) => state === 'running' || state === 'ready')
  must(open.length <= 1, `${open.length} jobs hold the slot`)
  must((open[0]?.n ?? 0) === session.openJob, 'the slot and the open job disagree')
  const ready = open[0]?.state === 'ready' ? open[0].generation : undefined
  must((ready ?? 0) === session.candidate, 'the candidate is not that of the ready job')
  for (const job of jobs) {
    const isOpen = open.includes(job)
    must(isOpen || job.reason !== undefined, `job ${job.n} ended without a reason`)
    must(isOpen || job.endedAt !== undefined, `job ${job.n} ended without a time`)
    const first = job.blocks[0]
    must(first !== undefined && job.done <= job.blocks.length, 'a job has no blocks, or too many')
    must(first?.from === job.from && job.blocks.at(-1)?.to === job.mark, 'blocks miss an end')
  }
  checkSpend(session, jobs)
  for (const { n, status, appliedAt, parent, mark } of generations) {
    must((status === 'candidate') === (n === session.candidate), `generation ${n} is ${status}`)
    const wasApplied = snapshots.some((snapshot) => snapshot.n === n)
    must(wasApplied === (appliedAt !== undefined), `generation ${n} and its snapshot disagree`)
    const below = generations.find((other) => other.n === parent)?.mark ?? 0
    must(parent < n && below < mark, `generation ${n} does not stand on ${parent}`)
  }
}

/** What a job has cost is counted once: when it is ready, or ends before. */
function checkSpend({ spend }: SessionRow, jobs: readonly Job[]): void {
  const counted = jobs.filter(({ state }) => state !== 'running')
  const calls = counted.reduce((sum, job) => sum + job.spend.calls, 0)
  must(spend.calls === calls, `${calls} calls were made, the session says ${spend.calls}`)
  const tokens = counted.reduce((sum, job) => sum + job.spend.tokens, 0)
  must(spend.tokens === tokens, `${tokens} tokens were spent, not ${spend.tokens}`)
}

/** The head covers the log up to its mark: no message more, and none less. */
function checkHead(world: SmallWorld): void {
  const { session } = world
  const head = headOf(world)
  must(session.head === 0 || head !== undefined, 'the head does not exist')
  must(session.mark === (head?.mark ?? 0), 'session and head disagree about the mark')
  if (!head) return
  must(head.status === 'applied', `the head is ${head.status}`)
  const covered = activeOf(world).filter(({ seq }) => seq <= head.mark)
  must(covered.at(-1)?.seq === head.mark, 'the message at the mark left the active path')
  must(covered.at(-1)?.chain === head.coverage, 'the head covers what is not in the log')
  must(covered.length === head.covered, 'the head counts what it covers wrong')
  const sources = head.digest.flatMap((line) => line.sources).join()
  must(sources === covered.map(({ seq }) => seq).join(), `the digest has ${sources}`)
}

function checkPins(world: SmallWorld): void {
  const { pins } = world.session
  const active = new Set(activeOf(world).map(({ seq }) => seq))
  must(
    pins.every((seq, index) => seq > (pins[index - 1] ?? 0)),
    'pins are out of order',
  )
  must(
    pins.every((seq) => active.has(seq)),
    'a message is pinned that is not on the active path',
  )
  const pinned = new Set(pins)
  for (const call of activeOf(world).filter(({ seq }) => pinned.has(seq))) {
    const ids = new Set(
      call.parts.flatMap((part) => (part.type === 'tool-call' ? [part.callId] : [])),
    )
    const covered = activeOf(world).filter(({ seq }) => seq <= world.session.mark)
    const answers = covered.filter(({ parts }) =>
      parts.some((part) => part.type === 'tool-result' && ids.has(part.callId)),
    )
    must(
      answers.every(({ seq }) => pinned.has(seq)),
      `call ${call.seq} is pinned and its result is covered`,
    )
  }
}

function checkContext(world: SmallWorld): void {
  const sources = readWorld(world, { head: true, tail: true, pins: true })
  const { entries, generation, mark } = assembleContext({ ...sources, pinned: world.session.pins })
  const seen = JSON.stringify(entries.map(describeEntry))
  const wanted = expectedContext(world)
  must(seen === wanted, `the context is ${seen} instead of ${wanted}`)
  must(generation === world.session.head && mark === world.session.mark, 'it names another head')
}

function describeEntry(entry: Entry): readonly unknown[] {
  if (entry.kind === 'digest') {
    const missing = entry.lines.filter((line) => !entry.text.includes(line.text))
    must(missing.length === 0, 'the digest does not say what its lines say')
    return ['digest', ...entry.lines.map((line) => line.text)]
  }
  const { seq, parts } = entry.message
  return [entry.kind, seq, entry.kind === 'stubbed' ? firstText(entry.message) : parts]
}

function firstText({ parts }: Message): unknown {
  const [part] = parts
  if (part?.type === 'text') return part.text
  if (part?.type === 'tool-result') return part.output
  if (part?.type !== 'tool-call') return undefined
  const input: unknown = JSON.parse(part.input)
  return typeof input === 'object' && input && 'stub' in input ? input.stub : undefined
}

/** The counters say what adding everything up says. */
function checkCounters(world: SmallWorld): void {
  const { session } = world
  const head = headOf(world)
  const saved = new Map(head?.stubs.map((stub) => [stub.seq, stub.tokensBefore - stub.tokens]))
  const active = activeOf(world)
  const sums = { pinned: 0, digest: head?.digestTokens ?? 0, user: 0, assistant: 0, tools: 0 }
  for (const { seq, role, tokens } of active) {
    const isPinned = session.pins.includes(seq)
    if (seq > session.mark) sums[ROLES[role]] += tokens - (isPinned ? 0 : (saved.get(seq) ?? 0))
    else if (isPinned) sums.pinned += tokens
  }
  const log = active.reduce((sum, message) => sum + message.tokens, 0)
  must(session.tokens.log === log, `the log has ${log} tokens, not ${session.tokens.log}`)
  must(session.messages === active.length, 'the session counts its messages wrong')
  const told = JSON.stringify(session.tokens.context)
  must(told === JSON.stringify(sums), `the context has ${JSON.stringify(sums)}, not ${told}`)
}

const ROLES = { system: 'user', user: 'user', assistant: 'assistant', tool: 'tools' } as const
