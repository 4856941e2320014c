import { newestSource } from '../compaction/digest-lines.ts'
import type { OpenSection } from '../compaction/accept-lines.ts'
import type { DigestLine } from '../session/generation.ts'
import { isOrder, hasControlText } from './injection-cues.ts'
import { judgeLine, type LineGround } from './judge-line.ts'
import {
  sectionOf,
  type DropCounts,
  type DropReason,
  type PatchOperation,
  type ReadOperation,
} from './patch.ts'
import { isFoundQuestion, isInUse, isProposal } from './patchable.ts'
import { MAX_LINES_ASKED, type Question } from './write-question.ts'

/** What may be taken of an answer. */
export interface JudgedPatch {
  readonly lines: readonly DigestLine[]
  readonly operations: readonly PatchOperation[]
  readonly dropped: DropCounts
}

export interface PatchBounds {
  /** Lines and tokens that the block may still have. */
  readonly maxLines: number
  readonly maxTokens: number
  readonly count: (text: string) => number
  /** Identifiers that the messages above the mark use. */
  readonly inUse: ReadonlySet<string>
}

/** Share of the shown lines that one answer may change, and how many it may change in any case. */
const MOST_CHANGED = 0.34
const FEW = 2

/**
 * Judges what was read of an answer, one operation at a time: nothing of it is believed. Lines are added to open
 * sections only, stand in what may show them, and order nothing. Earlier lines are changed only if they were
 * shown, for what came later than they did, and a few at a time.
 *
 * Total; the work is bounded by the bounds of an answer.
 *
 * @see SPEC.md rules PATCH3, PATCH4, INJ3–INJ6
 */
export function judgePatch(
  operations: readonly ReadOperation[],
  question: Question,
  ground: LineGround,
  bounds: PatchBounds,
): JudgedPatch {
  const counts: Partial<Record<DropReason, number>> = {}
  const drop = (reason: DropReason): void => void (counts[reason] = (counts[reason] ?? 0) + 1)
  const room = roomFor(question, bounds)
  const lines: DigestLine[] = []
  const changes: PatchOperation[] = []
  const changed = new Set<string>()
  const isSweeping = sweeps(operations, question)
  for (const operation of operations) {
    if (operation.kind === 'add') {
      const line = room.isFull() ? 'too-many' : judgeAdd(operation, question, ground)
      if (typeof line === 'string') drop(line)
      else if (room.take(line)) lines.push(line)
      else drop('too-many')
      continue
    }
    const old = question.shown.get(operation.line)
    if (isSweeping || !old || changed.has(old.id)) {
      drop(isSweeping ? 'sweeping' : old ? 'duplicate' : 'unknown-line')
      continue
    }
    if (operation.kind === 'supersede' && room.isFull()) {
      drop('too-many')
      continue
    }
    const change = judgeChange(operation, old, ground, bounds)
    if (typeof change === 'string') drop(change)
    else if (change.kind === 'supersede' && !room.take(change.by)) drop('too-many')
    else {
      changed.add(old.id)
      changes.push(change)
    }
  }
  return { lines, operations: changes, dropped: counts }
}

function roomFor(
  { topics, isTight }: Question,
  { maxLines, maxTokens, count }: PatchBounds,
): { isFull(): boolean; take(line: DigestLine): boolean } {
  const asked = MAX_LINES_ASKED[isTight ? 'tight' : topics.length === 1 ? 'one' : 'all']
  let left = Math.min(maxLines, asked)
  let tokens = maxTokens
  return {
    isFull: () => left <= 0 || tokens <= 0,
    take(line) {
      const own = count(line.text) + LINE_TOKENS
      if (left <= 0 || own > tokens) return false
      left -= 1
      tokens -= own
      return true
    },
  }
}

/** Tokens of what sets a line off in a digest. */
export const LINE_TOKENS = 7

/** Whether an answer would change most of what it was shown: then it judged nothing. */
function sweeps(operations: readonly ReadOperation[], { shown }: Question): boolean {
  const touched = new Set(operations.flatMap((one) => (one.kind === 'add' ? [] : [one.line])))
  const known = [...touched].filter((name) => shown.has(name)).length
  return known > Math.max(FEW, Math.floor(shown.size * MOST_CHANGED))
}

function judgeAdd(
  { section, text, sources }: Extract<ReadOperation, { readonly kind: 'add' }>,
  { topics }: Question,
  ground: LineGround,
): DigestLine | DropReason {
  const asked = [...new Set(topics.map(sectionOf))]
  const named = section === undefined && asked.length === 1 ? asked[0] : section?.trim()
  const open = asked.find((one): one is OpenSection => one === named)
  return open === undefined ? 'section' : judgeLine(open, text, sources, ground)
}

function judgeChange(
  operation: Exclude<ReadOperation, { readonly kind: 'add' }>,
  old: DigestLine,
  ground: LineGround,
  bounds: PatchBounds,
): PatchOperation | DropReason {
  const id = old.id
  if (operation.kind === 'drop') {
    if (!isProposal(old) || isInUse(old, bounds.inUse)) return 'owned-by-code'
    // A drop has no evidence: whoever else is heard in the piece might have asked for it.
    if (ground.grounds.isTainted || ground.grounds.hasOthers) return 'tainted'
    const reason = operation.reason.replace(/\s+/g, ' ').trim()
    if (reason.length < 4) return 'no-reason'
    if (isOrder(reason) || hasControlText(reason)) return 'order'
    return { kind: 'drop', line: id, reason: `dropped: ${reason.slice(0, 200).toWellFormed()}` }
  }
  const { sources } = operation
  const later = sources.length > 0 && sources.every((seq) => seq > newestSource(old))
  if (!later) return 'no-evidence'
  if (operation.kind === 'supersede') {
    if (!isProposal(old)) return 'owned-by-code'
    const by = judgeLine(sectionIn(old), operation.text, sources, ground)
    if (typeof by === 'string') return by
    const about = ground.grounds.on(by.sources, 'all')
    if (!about.touches(old.text)) return 'no-evidence'
    return { kind: 'supersede', line: id, by, reason: `superseded by ${named(sources)}` }
  }
  if (old.section !== 'open' || !(isProposal(old) || isFoundQuestion(old))) return 'owned-by-code'
  const stood = sources.map((seq) => ground.grounds.of(seq))
  if (stood.some((evidence) => evidence === undefined)) return 'sources'
  if (stood.some((evidence) => evidence?.isTainted === true)) return 'tainted'
  if (!ground.grounds.on(sources, 'all').touches(old.text)) return 'no-evidence'
  const evidence = [...new Set(sources)].toSorted((a, b) => a - b).slice(0, 12)
  return { kind: 'resolve', line: id, evidence, reason: `resolved by ${named(evidence)}` }
}

function sectionIn({ section }: DigestLine): OpenSection {
  return section === 'decisions' || section === 'state' || section === 'open' ? section : 'facts'
}

function named(sources: readonly number[]): string {
  return sources
    .slice(0, 4)
    .map((seq) => `#${seq}`)
    .join(' ')
}
