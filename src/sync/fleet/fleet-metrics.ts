import type { FoldOutcome } from './run-fold.ts'

/** What a worker has done since it began. */
export interface FleetMetrics {
  /** A job begins; `attempt` is above 1 where another worker had it before. */
  begun(attempt: number): void
  ended(kind: FoldOutcome['kind'], seconds: number): void
  /**
   * All figures in the text format that Prometheus reads.
   *
   * @param depth - Jobs in the queue; undefined where that is not known.
   */
  write(depth: number | undefined): string
}

const KINDS: readonly FoldOutcome['kind'][] = [
  'folded',
  'moved',
  'needless',
  'refused',
  'failed',
  'abandoned',
  'stopped',
]

/** Upper ends of the classes of durations, in seconds. */
const CLASSES = [0.5, 1, 2, 5, 10, 30, 60, 120, 300, 600] as const

export function createFleetMetrics(): FleetMetrics {
  const ended = new Map<string, number>(KINDS.map((kind) => [kind, 0]))
  const classes = CLASSES.map(() => 0)
  let total = 0
  let seconds = 0
  let begun = 0
  let takenOver = 0
  return {
    begun(attempt) {
      begun += 1
      if (attempt > 1) takenOver += 1
    },
    ended(kind, lasted) {
      ended.set(kind, (ended.get(kind) ?? 0) + 1)
      total += 1
      seconds += lasted
      for (const [at, most] of CLASSES.entries()) {
        if (lasted <= most) classes[at] = (classes[at] ?? 0) + 1
      }
    },
    write(depth) {
      const name = 'backfold_worker_job_seconds'
      return [
        ...head('backfold_worker_jobs_total', 'counter', 'Jobs that ended, by what came of them.'),
        ...KINDS.map((kind) => `backfold_worker_jobs_total{outcome="${kind}"} ${ended.get(kind)}`),
        ...head('backfold_worker_jobs_running', 'gauge', 'Jobs that run now.'),
        `backfold_worker_jobs_running ${begun - total}`,
        ...head(
          'backfold_worker_jobs_taken_over_total',
          'counter',
          'Jobs that another worker had begun.',
        ),
        `backfold_worker_jobs_taken_over_total ${takenOver}`,
        ...head(name, 'histogram', 'How long jobs took.'),
        ...CLASSES.map((most, at) => `${name}_bucket{le="${most}"} ${classes[at]}`),
        `${name}_bucket{le="+Inf"} ${total}`,
        `${name}_sum ${seconds}`,
        `${name}_count ${total}`,
        ...(depth === undefined
          ? []
          : [
              ...head('backfold_queue_jobs', 'gauge', 'Jobs of all workers that wait or run.'),
              `backfold_queue_jobs ${depth}`,
            ]),
        '',
      ].join('\n')
    },
  }
}

function head(name: string, type: string, help: string): readonly string[] {
  return [`# HELP ${name} ${help}`, `# TYPE ${name} ${type}`]
}
