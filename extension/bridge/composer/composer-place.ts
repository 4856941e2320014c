/** Most elements around a composer that are looked through. */
const MAX_ELEMENTS = 2_000

/** How far up from the composer its surroundings may reach. */
const MAX_STEPS = 10

/** Largest share of the page's height that still is the composer's surroundings, and not the conversation. */
const MAX_SHARE = 0.7

/** What is said of a file that was refused. */
const NOTICES = '[role="alert"], [role="status"], [aria-live]'

/** The box around a composer, where a site shows what is attached to a message. */
export function composerPlace(composer: HTMLElement): Element {
  const most = (composer.ownerDocument.defaultView?.innerHeight ?? 0) * MAX_SHARE
  let place: Element = composer
  for (let step = 0; step < MAX_STEPS; step += 1) {
    const next: Node | null = place.parentNode
    const outer = next?.nodeType === Node.DOCUMENT_FRAGMENT_NODE ? (next as ShadowRoot).host : next
    if (outer?.nodeType !== Node.ELEMENT_NODE) break
    const element = outer as Element
    if (element === composer.ownerDocument.body) break
    if (element.getBoundingClientRect().height > most) break
    place = element
    if (place.localName === 'form') break
  }
  return place
}

/**
 * How often something is named around a composer, outside of it: in texts, and in what is said to people who hear a
 * page. Case aside.
 */
export function countMentions(place: Element, composer: HTMLElement, needle: string): number {
  const wanted = needle.toLowerCase()
  if (wanted === '') return 0
  const names = (text: string | null): boolean => text?.toLowerCase().includes(wanted) ?? false
  let count = 0
  let left = MAX_ELEMENTS
  const pending: Element[] = [place]
  for (let element = pending.pop(); element && left > 0; element = pending.pop()) {
    left -= 1
    if (element === composer || element.matches(NOTICES)) continue
    for (const attribute of ['title', 'aria-label', 'alt']) {
      if (names(element.getAttribute(attribute))) count += 1
    }
    for (const child of element.childNodes) {
      if (child.nodeType === Node.TEXT_NODE && names(child.nodeValue)) count += 1
    }
    pending.push(...element.children, ...(element.shadowRoot?.children ?? []))
  }
  return count
}
