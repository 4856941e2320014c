import type { ReactElement } from 'react'
import { useState } from 'react'
import type { Keep } from '../keep/keep-world.ts'
import type { Updates } from '../pwa/updates.ts'
import { useObservable } from '../../widget/hooks/use-observable.ts'

/** Says that a newer version waits, and takes it once drafts are stored. */
export function UpdateBanner({
  keep,
  updates,
}: {
  readonly keep: Keep
  readonly updates: Updates
}): ReactElement | null {
  const isWaiting = useObservable(updates.waiting)
  const [isHidden, setHidden] = useState(false)
  const [isBusy, setBusy] = useState(false)
  if (!isWaiting || isHidden) return null
  const take = (): void => {
    setBusy(true)
    void keep.settle().then(updates.take)
  }
  return (
    <div className="banner" role="status" data-testid="update">
      <p>
        A new version is ready. Updating keeps what you are writing, and a running fold goes on
        where it is; other tabs reload too.
      </p>
      <button
        type="button"
        className="primary"
        onClick={take}
        disabled={isBusy}
        data-testid="update-now"
      >
        {isBusy ? 'Updating …' : 'Update'}
      </button>
      <button type="button" className="quiet" onClick={() => setHidden(true)}>
        Later
      </button>
    </div>
  )
}
