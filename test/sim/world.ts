import { setImmediate } from 'node:timers'
import type { Notice } from '../../src/core/ports/notices.ts'
import { createMemoryRows, type MemoryRows } from '../../src/store/memory-store.ts'
import type { SeededRandom } from './seeded-random.ts'

/** Kinds of fault, each switched on or off for a whole run, so that rare ones are not drowned. */
export interface Faults {
  readonly kills: boolean
  readonly freezes: boolean
  readonly lostNotices: boolean
  readonly lateNotices: boolean
  readonly throwingDigester: boolean
  readonly hangingDigester: boolean
  readonly wrongDigester: boolean
  readonly failingStorage: boolean
  readonly clockJumps: boolean
  /** A tab loses its lease while it computes, and learns of it late. */
  readonly lostLeases: boolean
}

/** One tab of the origin, as the world sees it. */
export interface TabHandle {
  readonly name: string
  alive: boolean
  frozen: boolean
  /** Gives back every lease that the tab holds or waits for: what a browser does when a tab dies. */
  readonly releases: Set<() => void>
  hear(notice: Notice): void
}

interface Step {
  readonly tab: TabHandle | undefined
  readonly label: string
  /** Virtual time before which the step can't happen. */
  readonly notBefore: number
  run(): void
}

/**
 * What several tabs share: the stored rows, time, and the order in which things happen. Everything
 * that a tab waits for is a step here, and the seed decides which step comes next.
 */
export class World {
  readonly rows: MemoryRows = createMemoryRows()
  readonly random: SeededRandom
  readonly trace: string[] = []
  /** Name of the tab whose step came last. */
  actor = ''
  readonly tabs: TabHandle[] = []
  faults: Faults
  /** Virtual time. It may jump; timers go by `elapsed`, as the browser's do. */
  now = 1_700_000_000_000
  elapsed = 0
  /** The first thing that went wrong where nobody could catch it. */
  failure: unknown
  private steps: Step[] = []
  private issued = 0

  constructor(random: SeededRandom, faults: Faults) {
    this.random = random
    this.faults = faults
  }

  issueId(): string {
    this.issued += 1
    return `id-${this.issued}`
  }

  /** Resolves when the seed comes to this step; never, if the tab dies first. */
  step(tab: TabHandle, label: string, delayMs: number = 0): Promise<void> {
    return new Promise((resolve) => {
      this.schedule(tab, label, resolve, delayMs)
    })
  }

  schedule(tab: TabHandle | undefined, label: string, run: () => void, delayMs: number = 0): void {
    this.steps.push({ tab, label, run, notBefore: this.elapsed + delayMs })
  }

  /** Takes one step that may happen now, or lets time pass. False if nothing is left to do. */
  async advance(): Promise<boolean> {
    const ready = this.steps.filter((step) => this.isReady(step))
    if (ready.length > 0) {
      const step = this.random.pick(ready)
      this.steps.splice(this.steps.indexOf(step), 1)
      this.actor = step.tab?.name ?? 'world'
      this.note(`${this.actor}: ${step.label}`)
      step.run()
      await settle()
      return true
    }
    const waiting = this.steps.filter((step) => isAwake(step.tab))
    if (waiting.length === 0) return false
    const next = Math.min(...waiting.map((step) => step.notBefore))
    this.now += next - this.elapsed
    this.elapsed = next
    return true
  }

  kill(tab: TabHandle): void {
    this.note(`${tab.name}: killed`)
    tab.alive = false
    this.steps = this.steps.filter((step) => step.tab !== tab)
    for (const release of [...tab.releases]) release()
    tab.releases.clear()
    this.tabs.splice(this.tabs.indexOf(tab), 1)
  }

  note(what: string): void {
    this.trace.push(what)
  }

  private isReady(step: Step): boolean {
    return step.notBefore <= this.elapsed && isAwake(step.tab)
  }
}

/** Lets every promise that can settle now settle. */
export function settle(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve)
  })
}

function isAwake(tab: TabHandle | undefined): boolean {
  return tab === undefined || (tab.alive && !tab.frozen)
}
