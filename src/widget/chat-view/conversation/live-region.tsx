import type { ReactElement } from 'react'
import { useState } from 'react'
import type { ChatState } from '../../chat/chat.ts'
import type { ChatLabels } from '../labels/chat-labels.ts'
import { announcement, type Heard } from './announcement.ts'

interface LiveRegionProps {
  readonly state: ChatState
  readonly labels: ChatLabels
}

/**
 * Tells screen readers what happens, a sentence at a time: rows come and go while one scrolls, so the list itself tells
 * nothing.
 *
 * @see SPEC.md rule VIEW5
 */
export function LiveRegion({ state, labels }: LiveRegionProps): ReactElement {
  const [seen, setSeen] = useState(state)
  const [before, setBefore] = useState<Heard>(state)
  const [said, setSaid] = useState('')
  if (seen !== state) {
    setSeen(state)
    // What came is told by what was there when the answer began: it is in the log before it ends.
    const isOnItsWay = before.answer !== null && state.answer !== null
    setBefore(isOnItsWay ? { ...state, items: before.items } : state)
    const next = announcement(before, state, labels)
    if (next !== null) setSaid(next)
  }
  return (
    <p className="bf-hidden" role="status" aria-live="polite" part="live-region">
      {said}
    </p>
  )
}
