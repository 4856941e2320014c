import type { OpenSection } from '../compaction/accept-lines.ts'
import type { DigestLine } from '../session/generation.ts'
import type { Seq } from '../session/message.ts'

/** What a model is asked about. Each answer goes to a section that is open to outsiders. */
export type Topic = 'decisions' | 'state' | 'open' | 'facts' | 'goal'

/** In the order in which they are asked: what is lost first when calls run out comes last. */
export const TOPICS: readonly Topic[] = ['decisions', 'state', 'open', 'facts', 'goal']

/** The section of a topic. The goal itself is quoted by code; what a model says of it is a fact. */
export function sectionOf(topic: Topic): OpenSection {
  return topic === 'goal' ? 'facts' : topic
}

/** One operation as it was read from an answer: of the right shape, and not judged yet. */
export type ReadOperation =
  | {
      readonly kind: 'add'
      /** Missing where the question was about one section only. */
      readonly section?: string
      readonly text: string
      readonly sources: readonly Seq[]
    }
  | {
      readonly kind: 'supersede'
      /** The name under which the model was shown the line. */
      readonly line: string
      readonly text: string
      readonly sources: readonly Seq[]
    }
  | { readonly kind: 'resolve'; readonly line: string; readonly sources: readonly Seq[] }
  | { readonly kind: 'drop'; readonly line: string; readonly reason: string }

/** A change to a line of the digest that is patched. */
export type PatchOperation =
  | {
      readonly kind: 'supersede'
      /** Id of the line. */
      readonly line: string
      /** What takes its place. */
      readonly by: DigestLine
      readonly reason: string
    }
  | {
      readonly kind: 'resolve'
      readonly line: string
      /** Messages that show it, later than the line. */
      readonly evidence: readonly Seq[]
      readonly reason: string
    }
  | { readonly kind: 'drop'; readonly line: string; readonly reason: string }

/** Why something of an answer was not taken. Stable: people and statistics tell them apart. */
export const DROP_REASONS = [
  'malformed',
  'section',
  'sources',
  'unsupported',
  'provenance',
  'tainted',
  'order',
  'control-text',
  'language',
  'length',
  'duplicate',
  'too-many',
  'unknown-line',
  'owned-by-code',
  'no-evidence',
  'no-reason',
  'sweeping',
  'judged-unsupported',
] as const

export type DropReason = (typeof DROP_REASONS)[number]

export type DropCounts = Readonly<Partial<Record<DropReason, number>>>

/** Sums of two counts. */
export function addDrops(one: DropCounts, other: DropCounts): DropCounts {
  const sum: Partial<Record<DropReason, number>> = { ...one }
  for (const reason of DROP_REASONS) {
    const more = other[reason] ?? 0
    if (more > 0) sum[reason] = (sum[reason] ?? 0) + more
  }
  return sum
}
