import { createLink } from './link.ts'
import { wrapFetch } from './wrap-fetch.ts'
import { wrapXhr } from './wrap-xhr.ts'

/** Where it is marked that a window has its wrapper: two would fold twice. */
const MARK = Symbol.for('backfold:page')

const marked = window as unknown as Record<symbol, unknown>

if (marked[MARK] === undefined) {
  marked[MARK] = true
  const link = createLink()
  wrapFetch(link)
  wrapXhr(link)
}
