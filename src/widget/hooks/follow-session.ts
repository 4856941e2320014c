import type { Session } from '../../client/session.ts'
import type { SessionState } from '../../protocol/events.ts'

/** How something of a session is read, and when it has to be read again. */
export interface FollowedReading<T> {
  readonly read: () => Promise<T>
  /** Another text whenever there is something new to read. */
  readonly revisionOf: (state: SessionState) => string
  /** Least time between the end of one read and the next, in milliseconds. */
  readonly gapMs: number
}

/**
 * Reads now and after every change, one read at a time: many changes during a read cost one more, and the newest
 * state is always read in the end.
 *
 * @param tell - Gets what was read, or what was thrown; not called any more once it is stopped.
 * @returns the way to stop.
 */
export function followSession<T>(
  session: Session,
  { read, revisionOf, gapMs }: FollowedReading<T>,
  tell: (settled: { readonly value: T } | { readonly thrown: unknown }) => void,
): () => void {
  let isOn = true
  let isBusy = false
  let seen: string | null = null
  let timer: ReturnType<typeof setTimeout> | undefined

  const isNew = (): boolean => revisionOf(session.state.get()) !== seen
  const settle = (settled: { readonly value: T } | { readonly thrown: unknown }): void => {
    if (!isOn) return
    tell(settled)
    timer = setTimeout(() => {
      isBusy = false
      if (isNew()) begin()
    }, gapMs)
  }
  const begin = (): void => {
    isBusy = true
    seen = revisionOf(session.state.get())
    // Strict mode begins, stops and begins again in one breath: what is stopped by then is not read at all.
    queueMicrotask(() => {
      if (!isOn) return
      new Promise<T>((resolve) => resolve(read())).then(
        (value) => settle({ value }),
        (thrown: unknown) => settle({ thrown }),
      )
    })
  }
  const stop = session.state.subscribe(() => {
    if (isOn && !isBusy && isNew()) begin()
  })
  begin()
  return () => {
    isOn = false
    clearTimeout(timer)
    stop()
  }
}
