import { newestSource } from '../compaction/digest-lines.ts'
import { joinFormer } from '../memory/facts/fact.ts'
import type { DigestLine } from '../session/generation.ts'
import type { PatchOperation } from './patch.ts'
import { isFoundQuestion, isProposal } from './patchable.ts'

/** What became of one operation. */
export interface PatchChange {
  readonly line: string
  readonly kind: PatchOperation['kind']
  /** `lowered`: stays in the digest as long as there is room for all else. */
  readonly outcome: 'replaced' | 'removed' | 'lowered' | 'refused'
  /** One sentence for people. */
  readonly reason: string
}

export interface PatchedLines {
  readonly lines: readonly DigestLine[]
  readonly changes: readonly PatchChange[]
}

/** What a line is worth that was dropped. With nothing at all it would go even where there is room. */
const LEAST_SALIENCE = 1

/**
 * Applies operations to the lines of a digest. A superseded proposal gives its place to the new line, which remembers
 * its former value; a resolved one goes; a dropped one is worth the least. What code extracted, noted or stored is
 * never removed: a question that code found is lowered when it is resolved, and nothing else of it changes.
 *
 * Pure, total and deterministic; of several operations on one line the first counts. Superseded lines are removed here
 * and not marked by `replaces`: that would take equal quotes away as well.
 *
 * @see SPEC.md rules PATCH5, PATCH6
 */
export function applyPatch(
  previous: readonly DigestLine[],
  operations: readonly PatchOperation[],
): PatchedLines {
  const byLine = new Map<string, PatchOperation>()
  for (const operation of operations) {
    if (!byLine.has(operation.line)) byLine.set(operation.line, operation)
  }
  const known = new Set(previous.map(({ id }) => id))
  const changes: PatchChange[] = []
  for (const { line, kind } of byLine.values()) {
    if (!known.has(line)) {
      changes.push({ line, kind, outcome: 'refused', reason: 'the digest has no such line' })
    }
  }
  const lines = previous.flatMap((line) => {
    const operation = byLine.get(line.id)
    if (!operation) return line
    const changed = changeLine(line, operation)
    const { outcome, reason = operation.reason } = changed
    changes.push({ line: line.id, kind: operation.kind, outcome, reason })
    return changed.line ?? []
  })
  return { lines, changes }
}

interface ChangedLine {
  readonly line?: DigestLine
  readonly outcome: PatchChange['outcome']
  readonly reason?: string
}

function changeLine(line: DigestLine, operation: PatchOperation): ChangedLine {
  const refuse = (reason: string): ChangedLine => ({ line, outcome: 'refused', reason })
  const salience = Math.min(line.salience, LEAST_SALIENCE)
  const lowered = { line: { ...line, salience }, outcome: 'lowered' } as const
  if (operation.kind === 'resolve') {
    if (line.section !== 'open') return refuse('it is no open question')
    if (!operation.evidence.some((seq) => seq > newestSource(line))) {
      return refuse('nothing later than the question answers it')
    }
    if (isFoundQuestion(line)) return lowered
    return isProposal(line) ? { outcome: 'removed' } : refuse(OWNED)
  }
  if (!isProposal(line)) return refuse(OWNED)
  if (operation.kind === 'drop') return lowered
  const { by } = operation
  if (!isProposal(by) || by.section !== line.section || newestSource(by) <= newestSource(line)) {
    return refuse('what takes its place is no newer line of its section')
  }
  return { line: { ...by, former: joinFormer(line, by) }, outcome: 'replaced' }
}

const OWNED = 'it was extracted by code'
