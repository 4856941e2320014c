import { createSegmentBuilder } from '../../src/core/memory/recall/build-segment.ts'
import type { BlockDigest, Job } from '../../src/core/compaction/job.ts'
import type { FactOverride } from '../../src/core/memory/facts/fact-override.ts'
import type { MemoryAction } from '../../src/core/memory/memory-action.ts'
import type { Pad } from '../../src/core/memory/pads/pad.ts'
import type { Write } from '../../src/core/ports/session-store.ts'
import type { RuleRow } from '../../src/core/memory/vault/rule-row.ts'
import type { SegmentRow } from '../../src/core/memory/recall/segment.ts'
import type { Artifact, Generation, Snapshot } from '../../src/core/session/generation.ts'
import type { Message } from '../../src/core/session/message.ts'
import type { SessionRow } from '../../src/core/session/session-row.ts'
import { buildBlock, buildGeneration, buildJob } from '../support/build-generation.ts'
import { buildLog, turns } from '../support/build-log.ts'

/** Rows of one session in every table. */
export interface Rows {
  readonly session: SessionRow
  readonly messages: readonly Message[]
  readonly generations: readonly Generation[]
  readonly snapshots: readonly Snapshot[]
  readonly jobs: readonly Job[]
  readonly blocks: readonly BlockDigest[]
  readonly artifacts: readonly Artifact[]
  readonly notes: readonly MemoryAction[]
  readonly pads: readonly Pad[]
  readonly rules: readonly RuleRow[]
  readonly facts: readonly FactOverride[]
  readonly index: readonly SegmentRow[]
  readonly writes: readonly Write[]
}

/**
 * A session of eight messages, the seventh left behind, whose head covers four and whose ready
 * candidate covers five; 2 and 5 are pinned.
 */
export function buildRows(id: string): Rows {
  const log = buildLog(turns(2))
  const messages = log.messages.map((message) => ({ ...message, active: message.seq !== 7 }))
  const session: SessionRow = {
    ...log.session,
    id,
    head: 1,
    mark: 4,
    candidate: 2,
    lastGeneration: 3,
    lastJob: 2,
    openJob: 2,
    pins: [2, 5],
  }
  const generations = [4, 5, 6].map((seq, index) =>
    buildGeneration({ seq, chain: `chain ${seq}` }, { session: id, n: index + 1 }),
  )
  const jobs = [1, 2].map((n) => buildJob({ session: id, n }))
  const blocks = [
    buildBlock({ session: id, job: 1, chain: 'of job 1' }),
    buildBlock({ session: id, job: 2, block: 0 }),
    buildBlock({ session: id, job: 2, block: 1 }),
  ]
  const snapshots = [snapshotOf(id)]
  const artifacts = ['ff', '00'].map((hash) => artifactOf(id, hash))
  const notes = [1, 2, 10].map((n) => noteOf(id, n))
  const pads = [1, 2, 10].map((n) => padOf(id, n))
  const rules = ['0a', 'ff'].map((rule) => ruleOf(id, rule))
  const facts = ['0b', 'fe'].map((fact) => factOf(id, fact))
  const index = [0, 1, 2].map((segment) => segmentOf(id, segment))
  return {
    session,
    messages,
    generations,
    snapshots,
    jobs,
    blocks,
    artifacts,
    notes,
    pads,
    rules,
    facts,
    index,
    writes: [
      { table: 'sessions', row: session },
      ...messages.map((row): Write => ({ table: 'messages', row: { ...row, session: id } })),
      ...generations.map((row): Write => ({ table: 'generations', row })),
      ...snapshots.map((row): Write => ({ table: 'snapshots', row })),
      ...jobs.map((row): Write => ({ table: 'jobs', row })),
      ...blocks.toReversed().map((row): Write => ({ table: 'blocks', row })),
      ...artifacts.map((row): Write => ({ table: 'artifacts', row })),
      ...notes.toReversed().map((row): Write => ({ table: 'notes', row })),
      ...pads.toReversed().map((row): Write => ({ table: 'pads', row })),
      ...rules.toReversed().map((row): Write => ({ table: 'rules', row })),
      ...facts.toReversed().map((row): Write => ({ table: 'facts', row })),
      ...index.map((row): Write => ({ table: 'index', row })),
    ],
  }
}

function noteOf(session: string, n: number): MemoryAction {
  const text = `fact ${n}`
  const when = { at: 0, seq: 8, turn: 2 }
  return { session, n, schema: 2, by: 'model', kind: 'note', status: 'done', text, ...when }
}

function padOf(session: string, n: number): Pad {
  const text = `pad ${n}`
  const counts = { uses: 1, successes: 1, failures: 0, failedInARow: 0 }
  const lists = { terms: [], params: [], preconditions: [], sources: [1], runs: [1] }
  const step = { tool: 'look', does: 'read', arguments: [] } as const
  const marks = { isNamed: false, isEdited: false, isDeleted: false, origin: 'extracted' } as const
  const texts = { name: text, goal: text, outcome: '', shape: 'ab' }
  return { session, n, schema: 2, ...texts, ...counts, ...lists, ...marks, steps: [step, step] }
}

function ruleOf(session: string, id: string): RuleRow {
  const said = { kind: 'rule', quote: `Always use ${id}.`, sources: [1] } as const
  const state = { origin: 'extracted', status: 'in-force', isPinned: false } as const
  return { session, id, schema: 2, ...said, ...state }
}

function factOf(session: string, id: string): FactOverride {
  const found = { found: `fact ${id}`, section: 'facts', sources: [1] } as const
  return { session, id, schema: 2, text: null, decidedAt: 3, ...found }
}

function snapshotOf(session: string): Snapshot {
  return { session, n: 1, generation: 0, mark: 0, through: 8, pins: [2], branch: 0, hash: 'h' }
}

function artifactOf(session: string, hash: string): Artifact {
  return {
    session,
    hash,
    bytes: Uint8Array.of(0, 255, 7),
    encoding: 'identity',
    length: 3,
    mediaType: 'text/plain',
    tokens: 1,
  }
}

function segmentOf(session: string, segment: number): SegmentRow {
  const builder = createSegmentBuilder(segment + 1)
  builder.add({ seq: segment + 1, text: `part ${segment} of src/part${segment}.ts` })
  return { ...builder.build(), session, segment }
}
