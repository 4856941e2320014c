import { setImmediate } from 'node:timers'
import type { SeededRandom } from '../seeded-random.ts'
import type { Faults } from './faults.ts'

/** One tab of the origin. */
export interface Tab {
  readonly name: string
  alive: boolean
  frozen: boolean
  /** The threads that belong to it, the dead ones left out. */
  readonly threads: Set<Thread>
}

/** One thread of a tab: code that waits for steps of the world, and can die at any moment. */
export interface Thread {
  readonly name: string
  readonly tab: Tab
  alive: boolean
  /** What the browser does when the thread dies: gives back its locks, closes its connections. */
  readonly endings: Set<() => void>
}

/** Something that will happen when the seed comes to it. */
export interface Step {
  /** Undefined for what the browser does by itself. */
  readonly thread: Thread | undefined
  readonly label: string
  /** Virtual time before which the step can't happen. */
  readonly notBefore: number
  /** Steps of one line happen in the order in which they were asked for. */
  readonly line: Line | undefined
  run(): void
}

/** A line of steps that keep their order: the tasks of one transaction, the messages to one port. */
export class Line {
  /** Where the world is coarse, the steps of such a line follow one another at once. */
  readonly isChained: boolean
  /** Steps behind the one that may be taken. */
  readonly waiting: Step[] = []
  isBusy = false

  constructor(isChained: boolean = false) {
    this.isChained = isChained
  }
}

/**
 * What several tabs share: time, and the order in which things happen. Everything that a tab waits for
 * is a step here, each operation of IndexedDB included, and the seed decides which step comes next.
 */
export class World {
  readonly random: SeededRandom
  readonly trace: string[] = []
  readonly tabs: Tab[] = []
  /** The faults that may happen now. */
  faults: Faults
  /** The faults that this run may have had at any time. */
  readonly everFaults: Faults
  /** Whether other steps come between the operations of one transaction. */
  readonly isFine: boolean
  /** Virtual time. It may jump; timers go by `elapsed`, as the browser's do. */
  now = 1_700_000_000_000
  elapsed = 0
  /** The first thing that went wrong where nobody could catch it. */
  failure: unknown
  private readonly steps: Step[] = []
  private issued = 0

  constructor(random: SeededRandom, faults: Faults, isFine: boolean) {
    this.random = random
    this.faults = faults
    this.everFaults = faults
    this.isFine = isFine
  }

  issueId(): string {
    this.issued += 1
    return `id-${this.issued}`
  }

  openTab(name: string): Tab {
    const tab: Tab = { name, alive: true, frozen: false, threads: new Set() }
    this.tabs.push(tab)
    return tab
  }

  startThread(tab: Tab, name: string): Thread {
    const thread: Thread = { name, tab, alive: true, endings: new Set() }
    tab.threads.add(thread)
    return thread
  }

  /** Resolves when the seed comes to this step; never, if the thread dies first. */
  step(thread: Thread, label: string, delayMs: number = 0): Promise<void> {
    return new Promise((resolve) => {
      this.schedule(thread, label, resolve, delayMs)
    })
  }

  schedule(
    thread: Thread | undefined,
    label: string,
    run: () => void,
    delayMs: number = 0,
    line?: Line,
  ): Step | undefined {
    // What a dead thread still asks for is nobody's concern.
    if (thread && !thread.alive) return undefined
    const step = { thread, label, run, line, notBefore: this.elapsed + delayMs }
    if (line?.isBusy) line.waiting.push(step)
    else this.steps.push(step)
    if (line) line.isBusy = true
    return step
  }

  /** Takes back a step that is not needed any more. */
  unschedule(step: Step | undefined): void {
    const index = step ? this.steps.indexOf(step) : -1
    if (index >= 0) this.steps.splice(index, 1)
  }

  /** Whether a step may happen now, before time passes. */
  hasReady(): boolean {
    return this.steps.some((step) => this.isReady(step))
  }

  /** Takes one step that may happen now, or lets time pass. False if nothing is left to do. */
  async advance(): Promise<boolean> {
    const step = this.takeReady()
    if (step) {
      await this.take(step)
      if (!this.isFine && step.line?.isChained) await this.finish(step.line)
      return true
    }
    return this.letTimePass()
  }

  /** Lets time pass until the next step that waits for it. False if there is none. */
  letTimePass(): boolean {
    let next = Infinity
    for (const step of this.steps) {
      if (isAwake(step.thread) && step.notBefore > this.elapsed) {
        next = Math.min(next, step.notBefore)
      }
    }
    if (next === Infinity) return false
    this.now += next - this.elapsed
    this.elapsed = next
    return true
  }

  /** Ends a thread as a browser does: its code never runs on, and nothing it waits for ever comes. */
  killThread(thread: Thread): void {
    if (!thread.alive) return
    thread.alive = false
    thread.tab.threads.delete(thread)
    for (let index = this.steps.length - 1; index >= 0; index -= 1) {
      if (this.steps[index]?.thread === thread) this.steps.splice(index, 1)
    }
    for (const end of thread.endings) end()
    thread.endings.clear()
  }

  killTab(tab: Tab): void {
    this.note(`${tab.name}: killed`)
    tab.alive = false
    for (const thread of [...tab.threads]) this.killThread(thread)
    this.tabs.splice(this.tabs.indexOf(tab), 1)
  }

  note(what: string): void {
    this.trace.push(what)
  }

  fail(failure: unknown): void {
    this.failure ??= failure
  }

  private async take(step: Step): Promise<void> {
    this.note(`${step.thread?.name ?? 'browser'}: ${step.label}`)
    try {
      step.run()
    } catch (failure) {
      this.fail(failure)
    }
    await settle()
  }

  private async finish(line: Line): Promise<void> {
    for (;;) {
      const index = this.steps.findIndex((step) => step.line === line)
      if (index < 0) return
      await this.take(this.remove(index))
    }
  }

  /** Removes one of the steps that may happen now, the seed chooses which. */
  private takeReady(): Step | undefined {
    let ready = 0
    for (const step of this.steps) if (this.isReady(step)) ready += 1
    if (ready === 0) return undefined
    let nth = this.random.below(ready)
    const index = this.steps.findIndex((step) => this.isReady(step) && nth-- === 0)
    return this.remove(index)
  }

  private remove(index: number): Step {
    const [step] = this.steps.splice(index, 1)
    if (!step) throw new RangeError('there is no such step')
    const next = step.line?.waiting.shift()
    if (next) this.steps.push(next)
    else if (step.line) step.line.isBusy = false
    return step
  }

  private isReady(step: Step): boolean {
    return step.notBefore <= this.elapsed && isAwake(step.thread)
  }
}

/** Lets every promise that can settle now settle. Not by the global timer, which a world takes over. */
export function settle(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve)
  })
}

function isAwake(thread: Thread | undefined): boolean {
  return thread === undefined || (thread.alive && !thread.tab.frozen)
}
