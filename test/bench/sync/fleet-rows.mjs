import { join } from 'node:path'
import { median, quantile, ratios, round, spread } from '../statistics.mjs'
import { startRole } from './role.mjs'

export const FLEET_ROWS = [
  { name: 'fleet', measure: measureFleet },
  { name: 'subjects', measure: measureSubjects },
]

const MESSAGES = 40
const BYTES = 1_500

/** Workers in processes of their own, as they are published. */
async function measureFleet({ file, folder, settings }) {
  const { fleetRounds, fleetSessions: sessions } = settings
  const counts = [1, 2, 4]
  const rounds = Array.from({ length: fleetRounds }, (_, n) =>
    n % 2 === 0 ? counts : counts.toReversed(),
  ).flat()
  const program = join(folder, 'backfold-worker.mjs')
  const wish = { program, rounds, sessions, messages: MESSAGES, bytes: BYTES }
  const role = startRole(file, 'fleet', wish)
  const told = []
  for (const _ of rounds) told.push(await role.next())
  await role.end()
  const of = (workers, field) =>
    told.filter((one) => one.workers === workers).map((one) => one[field])
  const describe = (workers) =>
    `${spread(of(workers, 'jobsPerSecond'))} jobs a second, workers ${spread(of(workers, 'cpuShare'))} cores, server ${spread(of(workers, 'serverShare'))}, ${spread(of(workers, 'peakMB'))} MB a worker`
  const load = `${sessions} sessions of ${MESSAGES} messages of ${BYTES} characters, built-in summariser, two jobs at once a worker`
  const row = (workers, least) => ({
    what: `jobs a second: ${workers} workers ÷ 1 worker`,
    ...(least === undefined ? {} : { least }),
    values: ratios(of(workers, 'jobsPerSecond'), of(1, 'jobsPerSecond')),
    figures: describe(workers),
  })
  return [
    {
      what: `jobs a second of one worker`,
      unit: '',
      values: of(1, 'jobsPerSecond'),
      figures: `${load}; ${describe(1)}`,
    },
    row(2, 1.6),
    row(4),
    {
      what: 'start of a worker until it takes jobs, alone',
      unit: 'ms',
      values: of(1, 'startMs'),
      figures: `CPU ${spread(of(1, 'startCpuSeconds'))} s; four at once ${spread(of(4, 'startMs'))} ms`,
    },
  ]
}

/** One stream with more and more subjects, and then with devices that follow. */
async function measureSubjects({ file, settings }) {
  const { subjects, followers } = settings
  const wish = { steps: subjects, perSpace: 100, entriesPerSubject: 1, bytes: 600, followers }
  const role = startRole(file, 'subjects', wish)
  const steps = []
  for (const _ of subjects) steps.push(await role.next())
  const crowd = await role.next()
  await role.end()
  const p50 = (values) => `${spread([median(values)])} ms`
  const rows = steps.flatMap((step) => {
    const at = step.subjects.toLocaleString('en')
    const times = ['appendMs', 'commitMs', 'sessionMs', 'spaceMs'].map((name) => p50(step[name]))
    return [
      {
        what: `server with ${at} subjects in one stream, resident after a restart`,
        unit: 'MB',
        values: [step.restartedMB],
        figures: `${round((step.restartedMB * 1e6) / step.subjects)} bytes a subject; ${spread([step.residentMB])} MB right after filling; disk ${spread([step.diskMB])} MB, ${round((step.diskMB * 1e6) / step.subjects)} bytes an entry; filled at ${round((step.subjects - (steps[steps.indexOf(step) - 1]?.subjects ?? 0)) / (step.fillMs / 1_000))} entries a second`,
      },
      {
        what: `server with ${at} subjects in one stream, restart until it answers`,
        unit: 's',
        values: [step.restartMs / 1_000],
        figures: `${spread([step.killedMs / 1_000])} s after it was killed; then, p50: append ${times[0]} (p99 ${round(quantile(step.appendMs, 0.99))}), commit ${times[1]}, reading one session ${times[2]}, a space of 100 sessions ${times[3]}`,
      },
    ]
  })
  return [
    ...rows,
    {
      what: `server, for each device that is connected and follows, of ${followers}`,
      unit: 'KB',
      values: [(crowd.residentMB * 1e3) / followers],
      figures: `${round(followers / (crowd.followedMs / 1_000))} devices a second came; append then p50 ${p50(crowd.appendMs)}`,
    },
  ]
}
