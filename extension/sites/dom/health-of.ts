import type { AdapterHealth } from '../site.ts'
import type { FoundLayer } from './find-turns.ts'

/** What is known of a page when its health is told. */
export interface PageFacts {
  /** As people call the site. */
  readonly name: string
  readonly isTemporary: boolean
  /** Whether the address names a conversation, whose messages should have been there for a while. */
  readonly isAwaited: boolean
  readonly found: FoundLayer | null
  /** Whether responses of the conversation have been read. */
  readonly hasResponses: boolean
}

/** Turns at the end that may not have an id yet. */
const YOUNG = 2

/**
 * Whether an adapter still fits its site, with a sentence for people, in English whatever the page's language.
 *
 * @see SPEC.md rule DOM6
 */
export function healthOf(page: PageFacts): AdapterHealth {
  const { name, found } = page
  if (page.isTemporary) {
    return none('This chat is temporary: nothing of it is kept.')
  }
  if (found === null) {
    if (!page.isAwaited) return none('')
    return none(
      page.hasResponses
        ? `No messages are recognised on this page. ${name} may have changed; what it sends is still kept.`
        : `No messages are recognised on this page. ${name} may have changed.`,
    )
  }
  const { layer, index, turns } = found
  const settled = turns.slice(0, -YOUNG)
  if (turns.some(({ role }) => role === null)) {
    return partial(
      layer.name,
      'Some messages do not say whose they are, and are not taken from the page.',
    )
  }
  if (!layer.hasIds && !page.hasResponses) {
    return partial(
      layer.name,
      `${name} does not name its messages on the page. They are kept from what it sends: reload the page once.`,
    )
  }
  if (layer.hasIds && settled.some(({ id }) => id === null)) {
    return partial(
      layer.name,
      'Some messages have no name of their own, and are not taken from the page.',
    )
  }
  if (index === 0) return { state: 'ok', layer: layer.name, detail: '' }
  return {
    state: 'fallback',
    layer: layer.name,
    detail: `${name} is read by its layout of ${layer.name}. All is kept, but this adapter may need an update.`,
  }
}

function none(detail: string): AdapterHealth {
  return { state: 'none', layer: '', detail }
}

function partial(layer: string, detail: string): AdapterHealth {
  return { state: 'partial', layer, detail }
}
