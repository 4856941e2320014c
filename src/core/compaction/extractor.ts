import type { Artifact } from '../session/generation.ts'
import { mergeLines } from './digest-lines.ts'
import type { BlockResult, LeftOut } from './job.ts'

/** What is known of an extractor besides its work. */
export interface ExtractorInfo {
  /** Unique; what reasons and the registry call it. */
  readonly name: string
  /** Order in which lines are joined, ascending; equal ones by name. */
  readonly priority: number
  /** Longest time for one block, in milliseconds. */
  readonly timeoutMs: number
  /** Whether a block without it counts as unfinished. Others are left out with their reason. */
  readonly isNeeded: boolean
  /** Whether it costs nothing but time on this device; others count against the spend window. */
  readonly isModelFree: boolean
}

/** How one extractor's work on one block ended. */
export type ExtractorEnd =
  | { readonly kind: 'done'; readonly info: ExtractorInfo; readonly result: BlockResult }
  | { readonly kind: 'left-out'; readonly info: ExtractorInfo; readonly reason: string }
  /** Ended because another one failed that is needed. */
  | { readonly kind: 'cancelled'; readonly info: ExtractorInfo }

export type JoinedBlock =
  | {
      readonly kind: 'joined'
      readonly result: BlockResult
      readonly leftOut: readonly Omit<LeftOut, 'block'>[]
    }
  | { readonly kind: 'incomplete'; readonly reason: string }

/**
 * Joins what the extractors made of one block, in the fixed order of their priorities, whatever the
 * order in which they ended.
 *
 * Total and pure. Messages and chain are those that every needed extractor read; where they differ, the
 * coverage check refuses the candidate.
 *
 * @see SPEC.md rules EXT1–EXT3
 */
export function joinExtracts(ends: readonly ExtractorEnd[]): JoinedBlock {
  const ordered = inOrder(ends, ({ info }) => info)
  const missing = ordered.find((end) => end.kind === 'left-out' && end.info.isNeeded)
  if (missing?.kind === 'left-out') {
    return { kind: 'incomplete', reason: `${missing.info.name}: ${missing.reason}` }
  }
  const unread = ordered.find((end) => end.kind === 'cancelled' && end.info.isNeeded)
  if (unread) return { kind: 'incomplete', reason: `${unread.info.name}: cancelled` }
  const done = ordered.flatMap((end) => (end.kind === 'done' ? [end] : []))
  const needed = done.filter(({ info }) => info.isNeeded).map(({ result }) => result.digest)
  if (needed.length === 0) return { kind: 'incomplete', reason: 'nothing that is needed was asked' }
  const chains = new Set(needed.map(({ chain }) => chain))
  const artifacts = new Map<string, Artifact>()
  for (const { result } of done) {
    for (const artifact of result.artifacts) artifacts.set(artifact.hash, artifact)
  }
  const padRuns = done.flatMap(({ result }) => result.digest.padRuns ?? [])
  return {
    kind: 'joined',
    result: {
      digest: {
        lines: mergeLines(done.flatMap(({ result }) => result.digest.lines)),
        stubs: done.flatMap(({ result }) => result.digest.stubs),
        messages: Math.min(...needed.map(({ messages }) => messages)),
        chain: chains.size === 1 ? (needed[0]?.chain ?? '') : '',
        unsupported: done.reduce((sum, { result }) => sum + result.digest.unsupported, 0),
        ...(padRuns.length > 0 ? { padRuns } : {}),
      },
      artifacts: [...artifacts.values()],
    },
    leftOut: ordered.flatMap((end) =>
      end.kind === 'left-out' ? [{ extractor: end.info.name, reason: end.reason }] : [],
    ),
  }
}

/** Sorts by priority, then by name. */
export function inOrder<T>(items: readonly T[], infoOf: (item: T) => ExtractorInfo): readonly T[] {
  return items.toSorted((one, other) => {
    const [a, b] = [infoOf(one), infoOf(other)]
    return a.priority - b.priority || (a.name < b.name ? -1 : 1)
  })
}
