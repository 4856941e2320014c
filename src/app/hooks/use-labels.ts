import { useEffect, useState } from 'react'
import type { ChatLabels } from '../../widget/chat-view/labels/chat-labels.ts'
import { loadLabels } from '../../widget/chat-view/labels/load-labels.ts'

/** What a chat says in a language; null until it is loaded. English where there are no words of that language. */
export function useLabels(locale: string): ChatLabels | null {
  const [labels, setLabels] = useState<ChatLabels | null>(null)
  useEffect(() => {
    let isNewest = true
    void loadLabels(locale).then((loaded) => {
      if (isNewest) setLabels(loaded)
    })
    return () => {
      isNewest = false
    }
  }, [locale])
  return labels
}
