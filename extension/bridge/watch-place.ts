/** How long a page may take to say what it is called after it has gone elsewhere, in milliseconds. */
const TITLE_MS = 2_000

/** As much of the Navigation API as is needed. */
interface Navigation extends EventTarget {
  readonly currentEntry: unknown
}

/**
 * Calls back whenever a page shows another address, also where it sets that itself: the Navigation API tells of it in
 * every world. Where that is missing, only of steps back and forth and of fragments.
 *
 * @returns What ends it.
 */
export function watchPlace(page: Window, moved: () => void): () => void {
  const ending = new AbortController()
  const { signal } = ending
  let timer: ReturnType<typeof setTimeout> | undefined
  const tell = (): void => {
    moved()
    clearTimeout(timer)
    timer = setTimeout(moved, TITLE_MS)
  }
  const { navigation } = page as { readonly navigation?: Navigation }
  if (navigation) navigation.addEventListener('currententrychange', tell, { signal })
  else {
    page.addEventListener('popstate', tell, { signal })
    page.addEventListener('hashchange', tell, { signal })
  }
  page.document.addEventListener('DOMContentLoaded', tell, { signal })
  page.document.addEventListener('visibilitychange', moved, { signal })
  return () => {
    clearTimeout(timer)
    ending.abort()
  }
}
