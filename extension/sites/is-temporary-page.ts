import { SITE_DOMS } from './dom/site-doms.ts'
import type { SiteId } from './site.ts'

/**
 * Whether the page itself shows that its chat is not kept by the site, where its address does not say so. No mark of
 * it is known on every site; what the requests and responses say counts as well.
 *
 * @see SPEC.md rule SITE11
 */
export function isTemporaryPage(site: SiteId, document: Document): boolean {
  const marks = SITE_DOMS[site].temporary
  return marks.length > 0 && document.querySelector(marks.join(',')) !== null
}
