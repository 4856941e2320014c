import type { BlockDigest, Job } from '../../src/core/compaction/job.ts'
import type { SessionStore, Write } from '../../src/core/ports/session-store.ts'
import type { Generation } from '../../src/core/session/generation.ts'
import type { SessionRow } from '../../src/core/session/session-row.ts'

/** A session with a ready candidate, as it was stored. */
export interface TakenCandidate {
  readonly session: SessionRow
  readonly generation: Generation
  readonly job: Job
  readonly blocks: readonly BlockDigest[]
}

export async function takeCandidate(store: SessionStore, id: string): Promise<TakenCandidate> {
  const first = await store.read({ session: id, candidate: true, openJob: true })
  const { session, candidate, openJob } = first
  if (!session || !candidate || !openJob) throw new Error(`${id} has no ready candidate`)
  const { blocks } = await store.read({ session: id, blocks: openJob.n })
  return { session, generation: candidate, job: openJob, blocks }
}

/** Puts a session back to where the candidate was ready and the log was all there was. */
export function resetCandidate(store: SessionStore, taken: TakenCandidate): Promise<void> {
  const { session, generation, job, blocks } = taken
  const query = { session: session.id, jobs: [job.n] }
  return store.commit(query, (read) => {
    const now = read.session ?? session
    // Versions only ever rise, also here: an engine ignores a row that is older than the one it knows.
    const headVersion = now.headVersion + 1
    const row: SessionRow = {
      ...now,
      head: session.head,
      mark: session.mark,
      headVersion,
      candidate: generation.n,
      openJob: job.n,
      tokens: session.tokens,
    }
    const writes: Write[] = [
      { table: 'generations', row: generation },
      { table: 'jobs', row: { ...job, baseVersion: headVersion } },
      ...blocks.map((block): Write => ({ table: 'blocks', row: block })),
      { table: 'sessions', row },
    ]
    return { writes, outcome: undefined }
  })
}
