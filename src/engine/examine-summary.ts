import { checkLanguage } from '../core/compaction/check-language.ts'
import { checkTrajectory, findTrajectoryTerms } from '../core/compaction/check-trajectory.ts'
import type { BlockDigest, Job } from '../core/compaction/job.ts'
import type { SessionStore } from '../core/ports/session-store.ts'
import type { CheckResult, DigestLine, Stub } from '../core/session/generation.ts'
import { textOf, type Message } from '../core/session/message.ts'
import { applyPatch } from '../core/summarise/apply-patch.ts'
import type { PatchOperation } from '../core/summarise/patch.ts'
import { readSlices } from './read-slices.ts'

/** Newest covered messages in which is looked for what the turns above the mark speak of. */
const MAX_LOOKED_THROUGH = 400

/** Lines of a job's blocks with what summarisers changed in them. */
export interface PatchedBlocks {
  readonly previous: readonly DigestLine[]
  readonly blockLines: readonly DigestLine[]
  /** Who wrote lines besides code; nobody where only code did. */
  readonly summarisedBy: readonly string[]
  readonly checks: readonly CheckResult[]
}

/**
 * Applies what summarisers wrote to the digest that is patched, and takes out what is in a language of its own.
 *
 * @param above - Messages above the mark.
 * @see SPEC.md rules PATCH5, CHK5
 */
export function patchBlocks(
  blocks: readonly BlockDigest[],
  previous: readonly DigestLine[],
  above: readonly Message[],
): PatchedBlocks {
  const operations: readonly PatchOperation[] = blocks.flatMap((block) => block.operations ?? [])
  const summarisedBy = [...new Set(blocks.flatMap((block) => block.summarisedBy ?? []))]
  const lines = blocks.flatMap((block) => block.lines)
  if (summarisedBy.length === 0) return { previous, blockLines: lines, summarisedBy, checks: [] }
  const patched = applyPatch(lines, operations).lines
  const spoken = above.filter(({ role }) => role !== 'tool').map(textOf)
  const { check, lines: blockLines } = checkLanguage(patched, spoken.toReversed())
  return {
    previous: applyPatch(previous, operations).lines,
    blockLines,
    summarisedBy,
    checks: [check],
  }
}

/**
 * Looks whether the turns above the mark speak of something that a summarised candidate lost, and quotes it.
 *
 * @see SPEC.md rule CHK6
 */
export async function followTrajectory(
  store: Pick<SessionStore, 'read'>,
  job: Job,
  above: readonly Message[],
  shown: {
    readonly lines: readonly DigestLine[]
    readonly stubs: readonly Stub[]
    readonly pins: readonly Message[]
  },
): Promise<ReturnType<typeof checkTrajectory>> {
  const terms = findTrajectoryTerms(above, [
    ...shown.lines.map(({ text }) => text),
    ...shown.stubs.map(({ text }) => text),
    ...shown.pins.map(textOf),
  ])
  const from = Math.max(job.from, job.mark - MAX_LOOKED_THROUGH)
  const covered =
    terms.length > 0 ? await readSlices(store, job.session, { from, to: job.mark }) : []
  // What only recall has is put back as well: the turns speak of it now.
  return checkTrajectory({ terms, covered, isRecallable: () => false })
}
