import { useEffect, useState } from 'react'
import { openKeptRun, type KeptRun } from '../../src/app/run/kept-run.ts'
import { createPacer, PAGE_CLOCK } from '../../src/app/run/page-clock.ts'
import type { PanelWorld } from './world.ts'

/** A session as the app's zones show it, followed for as long as it is shown; null until it is open. */
export function useChatRun(world: PanelWorld, session: string): KeptRun | null {
  const [run, setRun] = useState<KeptRun | null>(null)
  useEffect(() => {
    let isGone = false
    let opened: KeptRun | null = null
    const open = async (): Promise<void> => {
      const backfold = await world.backfold()
      if (isGone) return
      opened = openKeptRun({
        backfold,
        id: session,
        title: session,
        summarisers: world.ladder,
        keptKeys: world.keptKeys,
        clock: PAGE_CLOCK,
        nextFrame: createPacer(),
        fetchLike: (url, init) => fetch(url, init),
        isOnline: () => navigator.onLine,
      })
      setRun(opened)
    }
    // While there is no host the panel says so itself.
    void open().catch(() => {})
    return () => {
      isGone = true
      opened?.dispose()
      setRun(null)
    }
  }, [world, session])
  return run
}
