import { setImmediate } from 'node:timers'
import type { SeededRandom } from '../sim/seeded-random.ts'

/** Takes what is to happen later. A world of the simulation is one by its own `schedule`. */
export interface Steps {
  /** Takes what will happen once the seed comes to it, at any time and in any order. */
  schedule(label: string, run: () => void): void
}

/** Steps that wait until a test lets one of them happen; the seed chooses which. */
export interface StepQueue extends Steps {
  /** What happened, in order. */
  readonly trace: readonly string[]
  waiting(): number
  /** Lets one step happen, and everything that follows from it without a further one. False if none waited. */
  step(): Promise<boolean>
  /** Lets steps happen until this is so or none is left. Rejects after as many steps, 10,000 by default. */
  runUntil(isDone: () => boolean, most?: number): Promise<void>
}

export function createStepQueue(random: SeededRandom): StepQueue {
  const steps: { readonly label: string; readonly run: () => void }[] = []
  const trace: string[] = []
  const step = async (): Promise<boolean> => {
    const [next] = steps.splice(random.below(steps.length), 1)
    if (!next) return false
    trace.push(next.label)
    next.run()
    await settle()
    return true
  }
  return {
    trace,
    schedule: (label, run) => void steps.push({ label, run }),
    waiting: () => steps.length,
    step,
    async runUntil(isDone, most = 10_000) {
      await settle()
      for (let taken = 0; !isDone(); taken += 1) {
        if (taken === most)
          throw new Error(`not done after ${most} steps: ${trace.slice(-20).join(', ')}`)
        if (!(await step())) return
      }
    },
  }
}

/** Steps that happen by themselves, one after the other, as soon as nothing else is to do. */
export function createOpenSteps(): Steps {
  return { schedule: (_, run) => void setImmediate(run) }
}

function settle(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve)
  })
}
