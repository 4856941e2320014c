import type { ReactElement, ReactNode } from 'react'
import { useEffect, useMemo, useRef, useState } from 'react'
import type { OpenOptions } from '../../client/open-backfold.ts'
import type { Backfold } from '../../client/session.ts'
import { useObservable } from '../hooks/use-observable.ts'
import { createOpening, OPENING } from './opening.ts'
import { BackfoldContext, type BackfoldHandle } from './use-backfold.ts'

export interface BackfoldProviderProps {
  /**
   * One that the host opened and will close; null as long as the host has yet to open it. Without this, the
   * provider opens one itself.
   */
  readonly backfold?: Backfold | null | undefined
  /**
   * How the provider opens its own. Read when it opens, and not followed afterwards: to open it differently,
   * give the provider another `key`.
   */
  readonly options?: OpenOptions | undefined
  readonly children?: ReactNode
}

/**
 * Gives a Backfold to all components below. Its own is opened after the first rendering, in the browser only, and
 * closed when the provider is gone.
 *
 * @see SPEC.md rules REACT1 to REACT4
 */
export function BackfoldProvider(props: BackfoldProviderProps): ReactElement {
  const { backfold, options, children } = props
  const newest = useRef(options)
  const [opening] = useState(createOpening)
  const own = useObservable(opening.state)
  const opensOwn = backfold === undefined
  useEffect(() => {
    newest.current = options
  })
  useEffect(
    () => (opensOwn ? opening.hold(() => openLazily(newest.current)) : undefined),
    [opensOwn, opening],
  )
  const handle = useMemo((): BackfoldHandle => {
    if (backfold === undefined) return { ...own, retry: opening.retry }
    if (backfold === null) return { ...OPENING, retry: leaveAsIs }
    return { status: 'ready', backfold, error: null, retry: leaveAsIs }
  }, [backfold, own, opening])
  return <BackfoldContext.Provider value={handle}>{children}</BackfoldContext.Provider>
}

/** A server, and a page whose host opens Backfold itself, need not load what opens it. */
async function openLazily(options: OpenOptions | undefined): Promise<Backfold> {
  const { openBackfold } = await import('../../index.ts')
  return openBackfold(options)
}

const leaveAsIs = (): void => {}
