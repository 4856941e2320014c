import type { SiteId } from '../sites/site.ts'
import type { BridgeSettings } from '../wire/bridge-wire.ts'
import type { PageMode } from '../wire/page-wire.ts'

export const NO_MODE: PageMode = { rewrites: false, rescues: false, observes: false }

/** Whether anything is done on a page at all. */
export function isActive({ site, isPaused }: BridgeSettings): boolean {
  return site.isOn && !isPaused
}

/**
 * What a page's own world has to do. Hosted chats send what is new only, so nothing is folded there. Their responses are
 * read along on every page: which chat it is may be seen only after the first of them.
 */
export function pageMode(settings: BridgeSettings, site: SiteId | null): PageMode {
  if (!isActive(settings)) return NO_MODE
  const rewrites = site === null && settings.site.rewrites
  return { rewrites, rescues: rewrites && settings.site.rescues, observes: true }
}
