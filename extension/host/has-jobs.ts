import type { Call } from '../../src/client/create-backfold.ts'

/** Whether a job waits or runs. */
export async function hasJobs(call: Call): Promise<boolean> {
  const sessions = await call('registry', {})
  return sessions.some(({ jobs }) =>
    jobs.some(({ state }) => state === 'running' || state === 'queued'),
  )
}
