import { ROW_SCHEMA } from '../session/session-row.ts'
import type { Generation } from '../session/generation.ts'
import { headMark } from './marks.ts'
import type { PortableGeneration } from './sync-record.ts'
import { drop, holds, newestHolding, type RecordOf, type Step, type Taking } from './taking.ts'

/**
 * Takes in a generation: the head if it was made for the present one and covers what the log says by then.
 *
 * @see SPEC.md rules SYNC11–SYNC13
 */
export function takeGeneration(taking: Taking, record: RecordOf<'generation'>): Step {
  const { generation } = record
  const isValid =
    record.parent === taking.head.id &&
    holds(generation, taking.line.at) &&
    fits(taking, generation)
  if (!isValid) return refuse(taking, record.id)
  const known = findKnown(taking, record)
  const n = known?.n ?? taking.lastGeneration + 1
  taking.lastGeneration = Math.max(taking.lastGeneration, n)
  taking.generations.set(n, {
    ...(known ?? received(taking, generation, n)),
    parent: taking.head.generation,
    record: record.id,
  })
  moveTo(taking, record.id, n, known !== undefined)
  taking.headSaid = 'generation'
  return 'taken'
}

/**
 * Takes in that an earlier generation, or none, is the head again.
 *
 * @see SPEC.md rules SYNC11, SYNC12
 */
export function takeRollback(taking: Taking, record: RecordOf<'rollback'>): Step {
  if (record.parent !== taking.head.id) return refuse(taking, record.id)
  const target = [...taking.generations.values()].find((one) => one.record === record.to)
  const isKnown = record.to === '' || (target && holds(target, taking.line.at))
  if (!isKnown) return refuse(taking, record.id)
  const n = record.to === '' ? 0 : (target?.n ?? 0)
  if (n !== taking.head.generation) taking.headSaid = 'rollback'
  moveTo(taking, record.id, n, record.by === taking.device)
  return 'taken'
}

/** The remote head after messages have left the active path: the newest that covers none of them. */
export function settleRemoteHead(taking: Taking): void {
  const { head, generations, line } = taking
  const found = newestHolding(head.generation, generations, line.at)
  if ((found?.n ?? 0) === head.generation) return
  taking.head = { position: head.position, id: found?.record ?? '', generation: found?.n ?? 0 }
}

/** Says nothing to anybody. If it is what this device wants to be the head, it can't be, and gives way. */
function refuse(taking: Taking, id: string): Step {
  if (headMark(taking.unsent)?.id === id) {
    drop(taking, id)
    taking.conflicts += 1
    taking.headSaid = 'generation'
  }
  return 'ignored'
}

/**
 * Makes a generation the remote head. What was changed here gives way, unless both were made here: two workers that were given
 * the same job are one device by name.
 */
function moveTo(taking: Taking, id: string, generation: number, isOwn: boolean): void {
  taking.head = { position: taking.head.position, id, generation }
  taking.addedBefore = taking.added.length
  const mark = headMark(taking.unsent)
  if (!mark) return
  if (mark.id !== id && isOwn) return
  if (mark.id !== id) taking.conflicts += 1
  drop(taking, mark.id)
}

/** Whether a generation names only messages that everybody has in their places. */
function fits({ line }: Taking, { mark, digest, stubs }: PortableGeneration): boolean {
  const newest = line.end().seq
  return (
    digest.every(({ sources }) => sources.every((seq) => seq <= mark)) &&
    stubs.every(({ seq }) => seq <= newest)
  )
}

/** The generation that is here already, because it was made here, or is taken in anew. */
function findKnown(taking: Taking, record: RecordOf<'generation'>): Generation | undefined {
  // Ancestors have smaller numbers: else it gets a number of its own once more.
  const isLater = ({ n }: Generation): boolean => n > taking.head.generation
  const before = [...taking.generations.values()].find((one) => one.record === record.id)
  if (before && isLater(before)) return before
  if (record.by !== taking.device) return undefined
  const { mark, coverage, createdAt } = record.generation
  // One that was made of it, for a rule, may be of the same moment.
  const text = textOf(record.generation)
  return [...taking.generations.values()].find(
    (one) =>
      one.record === undefined &&
      one.appliedAt !== undefined &&
      one.mark === mark &&
      one.coverage === coverage &&
      one.createdAt === createdAt &&
      textOf(one) === text &&
      isLater(one),
  )
}

function textOf({ digest, stubs }: Pick<Generation, 'digest' | 'stubs'>): string {
  return JSON.stringify([digest, stubs])
}

function received(
  { session, now }: Taking,
  generation: PortableGeneration,
  n: number,
): Omit<Generation, 'parent' | 'record'> {
  return {
    ...generation,
    session,
    n,
    schema: ROW_SCHEMA,
    status: 'applied',
    job: 0,
    appliedAt: generation.appliedAt ?? now,
  }
}
