/**
 * How long and how fast the scenarios are. Latencies are milliseconds, and about a tenth of real ones.
 *
 * @typedef {object} Plan
 * @property {import('./environment.mjs').Pace} person
 * @property {number} personTurns
 * @property {import('./environment.mjs').Pace} burst Turn upon turn, and everything after them.
 * @property {number} burstTurns
 * @property {import('./environment.mjs').Pace} outage While the summariser misbehaves: people read.
 * @property {import('./environment.mjs').Pace} kill
 * @property {number} mostKills Most storage writes before which a process is killed.
 * @property {number} slowToolMs The tool call that stays open.
 * @property {number} turnDeadlineMs A turn that takes longer is called hung.
 */

/** What `npm run hazards` runs. @type {Plan} */
export const FULL = {
  person: { chatMs: 150, toolMs: 30, gapMs: 400, summariserMs: 800 },
  personTurns: 100,
  burst: { chatMs: 20, toolMs: 5, gapMs: 0, summariserMs: 800 },
  burstTurns: 60,
  outage: { chatMs: 20, toolMs: 5, gapMs: 60, summariserMs: 500 },
  kill: { chatMs: 10, toolMs: 3, gapMs: 0, summariserMs: 30 },
  mostKills: 24,
  slowToolMs: 2_500,
  turnDeadlineMs: 20_000,
}

/** What the tests run, with three peers side by side. @type {Plan} */
export const SMALL = {
  person: { chatMs: 10, toolMs: 2, gapMs: 30, summariserMs: 150 },
  personTurns: 60,
  burst: { chatMs: 5, toolMs: 1, gapMs: 0, summariserMs: 400 },
  burstTurns: 60,
  outage: { chatMs: 5, toolMs: 1, gapMs: 10, summariserMs: 100 },
  kill: { chatMs: 4, toolMs: 1, gapMs: 0, summariserMs: 10 },
  mostKills: 16,
  slowToolMs: 1_200,
  turnDeadlineMs: 5_000,
}
