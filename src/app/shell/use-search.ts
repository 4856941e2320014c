import { useEffect, useState } from 'react'
import type { FoundSession } from '../../protocol/requests.ts'
import type { Keep } from '../keep/keep-world.ts'

/** Time without typing after which it is searched, in milliseconds. */
const QUIET_MS = 250
const MOST_SESSIONS = 30

/** What a search over all sessions found; null until the first answer to these words. */
export function useSearch(
  keep: Keep,
  words: string,
): { readonly found: readonly FoundSession[] | null; readonly isAsking: boolean } {
  const [answer, setAnswer] = useState<{
    readonly words: string
    readonly found: readonly FoundSession[] | null
  }>({ words: '', found: null })
  useEffect(() => {
    if (words === '') return
    let isNewest = true
    const timer = setTimeout(() => {
      void keep
        .attempt('searching', (own) => own.search(words, { limit: MOST_SESSIONS, archived: true }))
        .then((found) => {
          // A slow answer to what was typed before must not replace a newer one.
          if (isNewest) setAnswer({ words, found: found ?? [] })
        })
    }, QUIET_MS)
    return () => {
      isNewest = false
      clearTimeout(timer)
    }
  }, [keep, words])
  return {
    found: words === '' ? null : answer.found,
    isAsking: words !== '' && answer.words !== words,
  }
}
