import { findTurns } from './dom/find-turns.ts'
import { SITE_DOMS } from './dom/site-doms.ts'
import { SITES } from './sites.ts'
import { SITE_IDS, type SiteId } from './site.ts'

/**
 * The site that a page is: by its host name, else by the shape of what is mounted: the newest layout of a site, with
 * two turns at least, of both sides. Null for any other page.
 *
 * @see SPEC.md rule DOM5
 */
export function recogniseSite(
  place: { readonly hostname: string; readonly pathname: string },
  document: Document,
): SiteId | null {
  const named = SITE_IDS.find((site) => SITES[site].hosts.includes(place.hostname))
  return named ?? SITE_IDS.find((site) => hasShape(document, site)) ?? null
}

function hasShape(document: Document, site: SiteId): boolean {
  const [canonical] = SITE_DOMS[site].layers
  if (canonical === undefined) return false
  const roles = findTurns(document, canonical).map(({ role }) => role)
  return roles.includes('user') && roles.includes('assistant')
}
