import type { ReactElement } from 'react'
import { useObservable } from '../../widget/hooks/use-observable.ts'
import type { KeepSync } from '../keep/keep-sync.ts'
import { frameMark } from '../view/sync-words.ts'
import { hashOf } from './route.ts'
import '../styles/sync-mark.css'

/** Says in the frame that sync waits for something, and leads to where that can be changed. */
export function SyncMark({ sync }: { readonly sync: KeepSync }): ReactElement | null {
  const { status, isLocked } = useObservable(sync)
  const mark = frameMark(status, isLocked)
  if (mark === null) return null
  return (
    <a
      className="sync-mark"
      href={hashOf({ page: 'settings' })}
      data-tone={mark.tone}
      data-testid="sync-mark"
    >
      {mark.text}
    </a>
  )
}
