/** How long nobody needed the host before it is closed, and how often that is looked at, in milliseconds. */
const IDLE_MS = 600_000
const LOOK_MS = 60_000

/** What it takes to notice that a host is not needed. */
export interface IdleWorld {
  readonly now: () => number
  readonly after: (ms: number, callback: () => void) => () => void
  /** Whether anything is connected, or a job runs. */
  readonly isBusy: () => Promise<boolean>
  readonly close: () => void
}

/** Closes a host that nothing was connected to and that ran no job for ten minutes. @see SPEC.md rule HOST12 */
export function watchIdle({ now, after, isBusy, close }: IdleWorld): { touch(): void } {
  let busyAt = now()
  const look = async (): Promise<void> => {
    // What can't be told counts as idle: otherwise a broken host would stay for ever.
    if (await isBusy().catch(() => false)) busyAt = now()
    if (now() - busyAt >= IDLE_MS) close()
    else after(LOOK_MS, () => void look())
  }
  after(LOOK_MS, () => void look())
  return {
    touch() {
      busyAt = now()
    },
  }
}
