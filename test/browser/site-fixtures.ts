import type { SiteId } from '../../extension/sites/site.ts'

const PAGES: Readonly<Record<string, string>> = import.meta.glob(
  '../unit/extension/sites/fixtures/*/*.html',
  { query: '?raw', import: 'default', eager: true },
)

/** A layout of a site, as a page that we made of what is known of it. */
export interface Generation {
  readonly site: SiteId
  readonly fixture: string
}

/** All layouts that there is a page of. */
export const GENERATIONS: readonly Generation[] = Object.keys(PAGES).map((path) => {
  const [, site = '', fixture = ''] = /([^/]+)\/([^/]+)\.html$/.exec(path) ?? []
  return { site: site as SiteId, fixture }
})

export function fixtureText({ site, fixture }: Generation): string {
  const page = PAGES[`../unit/extension/sites/fixtures/${site}/${fixture}.html`]
  if (page === undefined) throw new Error(`no fixture ${site}/${fixture}`)
  return page
}

/** A page that nothing runs in. */
export function parseFixture(generation: Generation): Document {
  return new DOMParser().parseFromString(fixtureText(generation), 'text/html')
}
