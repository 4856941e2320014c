import type { ReactElement, ReactNode } from 'react'
import { createContext, useCallback, useContext, useState } from 'react'
import { Icon } from '../../src/app/zones/icon.tsx'
import { LABELS } from './labels.ts'

/**
 * Says what came of something, to everybody. The same sentence said again is said again; an empty one takes away what
 * stands there.
 *
 * @param isSeen - False where it stands on the page anyway, and has only to be heard.
 */
export type Say = (text: string, isSeen?: boolean) => void

const SayContext = createContext<Say>(() => {})

/** What a part of a page says by. */
export function useSay(): Say {
  return useContext(SayContext)
}

/** Has one live region for all of a page, so that outcomes are heard wherever they come from. */
export function Live({ children }: { readonly children: ReactNode }): ReactElement {
  const [said, setSaid] = useState({ text: '', nth: 0, isSeen: false })
  const say = useCallback<Say>(
    (text, isSeen = true) => setSaid(({ nth }) => ({ text, nth: nth + 1, isSeen })),
    [],
  )
  const isSeen = said.isSeen && said.text !== ''
  return (
    <SayContext.Provider value={say}>
      {children}
      <div className={isSeen ? 'said' : 'visually-hidden'} data-testid="said">
        <p role="status" aria-live="polite">
          <span key={said.nth}>{said.text}</span>
        </p>
        {isSeen && (
          <button type="button" className="quiet" aria-label={LABELS.close} onClick={() => say('')}>
            <Icon name="close" />
          </button>
        )}
      </div>
    </SayContext.Provider>
  )
}
