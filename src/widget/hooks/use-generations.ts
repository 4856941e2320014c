import type { Session } from '../../client/session.ts'
import type { GenerationSummary } from '../../protocol/requests.ts'
import type { Followable, Followed } from './use-followed.ts'
import { useFollowed } from './use-followed.ts'

/** The session's generations, newest first, read again whenever one is made, applied or rolled back. */
export function useGenerations(session: Session | null): Followed<readonly GenerationSummary[]> {
  return useFollowed(session, GENERATIONS)
}

const GENERATIONS: Followable<readonly GenerationSummary[]> = {
  read: async (session) => (await session.generations()).toSorted((a, b) => b.n - a.n),
  revisionOf: ({ generation, mark, candidate, job, probation }) =>
    JSON.stringify([generation, mark, candidate, job.status, probation?.generation]),
}
