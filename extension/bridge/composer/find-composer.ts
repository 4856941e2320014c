import { asField, composerOf, type Composer } from './composer-kind.ts'

/** Most elements that are looked through for shadow roots, over all of a page. */
const MAX_ELEMENTS = 50_000

/** Most shadow roots that are looked into. */
const MAX_ROOTS = 500

/** Smallest box, in CSS pixels, that a person would write a message in. */
const MIN_WIDTH = 80
const MIN_HEIGHT = 14

const EDITABLE = 'textarea, input, [contenteditable]'

/** Places whose fields are for something else. */
const OTHER_PLACES =
  'search, [role="search"], nav, [role="navigation"], .monaco-editor, .cm-editor, [aria-hidden="true"], [inert]'

/** Roles of fields that are for something else. */
const OTHER_ROLES: ReadonlySet<string> = new Set(['searchbox', 'combobox', 'spinbutton', 'slider'])

/**
 * Finds the box that messages are written in: what the site's selectors name, else the box with the focus, else the
 * largest and lowest one in sight. Looks into open shadow roots too. Null where there is none: a wrong box is worse.
 *
 * @param hints - Selectors of the site, the surest first; a selector that can't be read finds nothing.
 * @see SPEC.md rules FILL1, FILL2
 */
export function findComposer(document: Document, hints: readonly string[]): Composer | null {
  const roots = collectRoots(document)
  const found =
    findHinted(roots, hints) ?? findFocused(document) ?? findLowest(roots, document.defaultView)
  return found && composerOf(found)
}

function findHinted(roots: readonly ParentNode[], hints: readonly string[]): HTMLElement | null {
  for (const hint of hints) {
    for (const root of roots) {
      for (const match of select(root, hint)) {
        const inside = isWritable(match, true) ? match : select(match, EDITABLE).find(isHinted)
        if (inside) return inside
      }
    }
  }
  return null
}

const isHinted = (element: HTMLElement): boolean => isWritable(element, true)

function findFocused(document: Document): HTMLElement | null {
  let focused = document.activeElement
  while (focused?.shadowRoot?.activeElement) focused = focused.shadowRoot.activeElement
  const host = focused?.closest<HTMLElement>(EDITABLE)
  return host && isWritable(outermost(host), false) ? outermost(host) : null
}

function findLowest(roots: readonly ParentNode[], view: Window | null): HTMLElement | null {
  let best: HTMLElement | null = null
  let most = 0
  for (const root of roots) {
    for (const element of select(root, EDITABLE)) {
      // A one-line field that nothing names may be for anything.
      if (element.localName === 'input' || !isWritable(element, false)) continue
      const score = scoreOf(element, view?.innerHeight ?? 0)
      if (score >= most) [best, most] = [outermost(element), score]
    }
  }
  return best
}

/** The larger and the lower, the better; what has to be scrolled to is hardly the composer. */
function scoreOf(element: HTMLElement, height: number): number {
  const box = element.getBoundingClientRect()
  const isInView = box.bottom > 0 && box.top < height
  const lowness = height > 0 ? Math.min(Math.max(box.bottom / height, 0), 1) : 0
  return Math.sqrt(box.width * box.height) * (isInView ? 0.25 + lowness : 0.05)
}

/** Parts of an editor may say again that they can be edited; the editor is the box around them. */
function outermost(element: HTMLElement): HTMLElement {
  let outer = element
  while (outer.parentElement?.isContentEditable) outer = outer.parentElement
  return outer
}

/** Whether a person could write a message into it now. */
function isWritable(element: HTMLElement, isNamed: boolean): boolean {
  const field = asField(element)
  if (field) {
    if (field.disabled || field.readOnly) return false
    if (field.localName === 'input' && field.type !== 'text') return false
  } else if (!element.isContentEditable) return false
  if (element.closest('[aria-hidden="true"], [inert], [aria-disabled="true"]')) return false
  if (!isNamed && isForOther(element)) return false
  const box = element.getBoundingClientRect()
  if (box.width < MIN_WIDTH || box.height < MIN_HEIGHT) return false
  return element.checkVisibility({ visibilityProperty: true, opacityProperty: true })
}

function isForOther(element: HTMLElement): boolean {
  if (OTHER_ROLES.has(element.getAttribute('role') ?? '')) return true
  if (element.getAttribute('inputmode') === 'search') return true
  const completes = element.getAttribute('autocomplete') ?? ''
  if (element.localName === 'input' && !['', 'on', 'off'].includes(completes)) return true
  return element.closest(OTHER_PLACES) !== null
}

/** The document and the open shadow roots in it, nested ones too. */
function collectRoots(document: Document): readonly ParentNode[] {
  const roots: ParentNode[] = [document]
  let left = MAX_ELEMENTS
  for (let at = 0; at < roots.length && roots.length < MAX_ROOTS && left > 0; at += 1) {
    for (const element of roots[at]?.querySelectorAll('*') ?? []) {
      if (element.shadowRoot && roots.length < MAX_ROOTS) roots.push(element.shadowRoot)
      left -= 1
      if (left === 0) break
    }
  }
  return roots
}

function select(root: ParentNode, selector: string): readonly HTMLElement[] {
  try {
    return [...root.querySelectorAll<HTMLElement>(selector)]
  } catch {
    return []
  }
}
