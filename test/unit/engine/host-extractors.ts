import { DEFAULT_POLICY } from '../../../src/core/session/policy.ts'
import type { Session } from '../../../src/client/session.ts'
import type { Job } from '../../../src/core/compaction/job.ts'
import type { Draft } from '../../../src/core/session/message.ts'
import { turn, user } from '../../support/build-log.ts'
import type { ProposedLine } from '../../../src/core/compaction/accept-lines.ts'
import type { ExtractorBlock, HostExtractor } from '../../../src/core/ports/host-extractor.ts'

type Options = Partial<Omit<HostExtractor, 'name' | 'extract'>>

/** An extractor that does this with every block. */
export function host(
  name: string,
  extract: (block: ExtractorBlock, signal: AbortSignal) => unknown,
  options: Options = {},
): HostExtractor {
  return {
    name,
    ...options,
    // Nothing of what a host's code answers can be relied on.
    extract: (block, signal) =>
      extract(block, signal as AbortSignal) as Promise<readonly ProposedLine[]>,
  }
}

/** One that never answers, and notes when it is told to stop. */
export function hung(
  name: string,
  options: Options = {},
): HostExtractor & { readonly signals: readonly AbortSignal[] } {
  const signals: AbortSignal[] = []
  const extractor = host(
    name,
    (_, signal) => {
      signals.push(signal)
      return new Promise(() => {})
    },
    options,
  )
  return { ...extractor, signals }
}

/** A line that stands in the first message of a block. */
export function lineOf(block: ExtractorBlock, text: string = 'a remark of the host'): ProposedLine {
  return { section: 'facts', text, sources: [block.range.from] }
}

/** Text of a message that fills three quarters of a block. */
export const BLOCK_TEXT: string = 'x'.repeat(DEFAULT_POLICY.blockTokens * 3)

/** A log of so many blocks, and a tail. */
export function blocks(count: number): readonly Draft[] {
  return [...Array.from({ length: count }, () => user(BLOCK_TEXT)), ...turn(1), ...turn(2)]
}

export async function newestJob(session: Session): Promise<Job> {
  const [job] = await session.jobs()
  if (!job) throw new Error('there is no job')
  return job
}

/** Texts of the lines of a generation's digest. */
export async function textsOf(session: Session, n: number = 1): Promise<readonly string[]> {
  return (await session.generation(n)).digest.map(({ text }) => text)
}
