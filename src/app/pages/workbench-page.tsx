import type { ReactElement } from 'react'
import { useState } from 'react'
import type { Keep } from '../keep/keep-world.ts'
import { Page } from '../page.tsx'
import { fetchCatalog, openDroppedFile, openListedFile } from '../run/open-file.ts'
import { createPacer, PAGE_CLOCK } from '../run/page-clock.ts'
import { createPlayground, type Playground } from '../run/playground.ts'
import '../styles/workbench.css'

let made: { readonly keep: Keep; readonly playground: Playground } | undefined

/** One for as long as the app is open: who comes back finds the replay where it was. */
function playgroundOf(keep: Keep): Playground {
  if (made?.keep === keep) return made.playground
  const playground = createPlayground({
    openBackfold: () => keep.backfold(),
    fetchCatalog,
    openListedFile,
    openDroppedFile,
    fetchLike: (url, init) => fetch(url, init),
    isOnline: () => navigator.onLine,
    // Not `localStorage` itself: where storage is forbidden, naming it throws.
    storage: {
      getItem: (name) => localStorage.getItem(name),
      setItem: (name, value) => localStorage.setItem(name, value),
    },
    clock: PAGE_CLOCK,
    today: () => Date.now(),
    nextFrame: createPacer(),
  })
  made = { keep, playground }
  void playground.open()
  return playground
}

/** Recordings that are folded as they replay, with everything that is behind a context. */
export function WorkbenchPage({
  keep,
  menu,
}: {
  readonly keep: Keep
  readonly menu: ReactElement
}): ReactElement {
  const [playground] = useState(() => playgroundOf(keep))
  return <Page playground={playground} menu={menu} />
}
