import type { Candidate } from '../../../src/core/compaction/candidate.ts'
import type { BlockResult } from '../../../src/core/compaction/job.ts'
import type { DigestLine } from '../../../src/core/session/generation.ts'
import type { SeededRandom } from '../seeded-random.ts'
import type { Thread, World } from './world.ts'

/** Work of the heavy thread, with what may go wrong around it. */
interface FaultyDigester {
  extract(work: () => Promise<BlockResult>): Promise<BlockResult>
  compose(work: () => Promise<Candidate>): Promise<Candidate>
}

/**
 * Runs the digester's work with the faults of the world: it throws before or after, hangs, dies in the
 * middle, or answers something else than it should.
 */
export function withFaults(world: World, thread: Thread): FaultyDigester {
  const around = async <T>(
    label: string,
    work: () => Promise<T>,
    spoil: (result: T, random: SeededRandom) => T,
  ): Promise<T> => {
    const { faults, random } = world
    await world.step(thread, `${label} begins`)
    if (faults.heavyKills && random.chance(0.08)) {
      world.schedule(
        undefined,
        `${thread.name} dies`,
        () => {
          world.killThread(thread)
        },
        random.below(2_000),
      )
    }
    if (faults.throwingDigester && random.chance(0.15)) throw new Error('the digester failed')
    if (faults.hangingDigester && random.chance(0.12)) return new Promise<never>(() => {})
    const result = await work()
    if (random.chance(0.5)) await world.step(thread, `${label} ends`, random.below(3_000))
    if (faults.throwingDigester && random.chance(0.1)) throw new Error('the digester failed late')
    return faults.wrongDigester && random.chance(0.25) ? spoil(result, random) : result
  }
  return {
    extract: (work) => around('extract', work, spoilBlock),
    compose: (work) => around('compose', work, spoilCandidate),
  }
}

/** A block that skipped a message, saw another log, or has lines that stand on nothing. */
function spoilBlock(block: BlockResult, random: SeededRandom): BlockResult {
  const { digest } = block
  const spoiled = random.pick([
    { ...digest, messages: digest.messages - 1 },
    { ...digest, messages: digest.messages + 1 },
    { ...digest, chain: digest.chain.slice(1) },
    { ...digest, lines: [...digest.lines, line('facts', 'stands on nothing', [])] },
    { ...digest, lines: [...digest.lines, line('rules', 'from the future', [1_000_000])] },
    { ...digest, lines: [...digest.lines, line('state', `two\nlines\u0000`, [0, 1])] },
  ])
  return { ...block, digest: spoiled }
}

/** A candidate that is no smaller than its source, and says so. */
function spoilCandidate(candidate: Candidate): Candidate {
  return {
    ...candidate,
    checks: [{ name: 'gain', outcome: 'failed', detail: 'larger than its source' }],
  }
}

function line(
  section: DigestLine['section'],
  text: string,
  sources: readonly number[],
): DigestLine {
  return { id: `wrong-${section}`, section, text, sources, tokens: 5, salience: 90 }
}
