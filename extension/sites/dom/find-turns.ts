import type { IdRule, SiteDom, SiteLayer, TurnRule } from './site-layer.ts'

/** A turn as it is mounted. */
export interface MountedTurn {
  /** All pieces that it is drawn in, in order. */
  readonly pieces: readonly MountedPiece[]
  /** The site's own id; null where it has none yet. */
  readonly id: string | null
  readonly role: 'user' | 'assistant' | null
}

export interface MountedPiece {
  readonly element: Element
  readonly rule: TurnRule
}

/** Most turns that are looked at: what is above is not mounted by any site. */
const MAX_TURNS = 5_000

/**
 * The turns of a layout that are mounted, in the order of the page. No text is read, and roles that the page does not
 * say are null, but where both neighbours say theirs and only one fits between them.
 *
 * @see SPEC.md rules DOM1–DOM4
 */
export function findTurns(root: ParentNode, layer: SiteLayer): readonly MountedTurn[] {
  const selector = layer.turns.map((rule) => rule.selector).join(',')
  const turns: { pieces: MountedPiece[]; id: string | null; role: MountedTurn['role'] }[] = []
  let last: Element | undefined
  let group: Element | null = null
  for (const element of root.querySelectorAll(selector)) {
    if (turns.length >= MAX_TURNS) break
    // A quoted message, or a piece of one that is already there.
    if (last?.contains(element) === true) continue
    const rule = layer.turns.find((one) => element.matches(one.selector))
    if (rule === undefined) continue
    last = element
    const around = layer.group === undefined ? null : element.closest(layer.group)
    const open = turns.at(-1)
    const id = idOf(element, rule.ids)
    if (open !== undefined && around !== null && around === group && open.role === rule.role) {
      open.pieces.push({ element, rule })
      open.id = id
    } else turns.push({ pieces: [{ element, rule }], id, role: rule.role })
    group = around
  }
  return withRoles(turns)
}

function withRoles(turns: readonly MountedTurn[]): readonly MountedTurn[] {
  return turns.map((turn, index) => {
    if (turn.role !== null) return turn
    const before = turns[index - 1]?.role
    const after = turns[index + 1]?.role
    if (before == null || before !== after) return turn
    return { ...turn, role: before === 'user' ? 'assistant' : 'user' }
  })
}

/** Names that pages give to what has no id yet. */
const MADE_UP = /^(?:placeholder|request-|client-|temp|tmp|fallback|pending|optimistic)/i

function idOf(element: Element, rules: readonly IdRule[]): string | null {
  for (const { where, attribute, pattern, suffix = '' } of rules) {
    const holder = holderOf(element, where, attribute, pattern)
    const id = holder === null ? null : pattern.exec(holder.getAttribute(attribute) ?? '')?.[1]
    if (id != null && id !== '' && !MADE_UP.test(id)) return id + suffix
  }
  return null
}

function holderOf(
  element: Element,
  where: IdRule['where'],
  attribute: string,
  pattern: RegExp,
): Element | null {
  if (where === 'self') return element
  const fits = (one: Element): boolean => pattern.test(one.getAttribute(attribute) ?? '')
  if (where === 'inside') return lastWith(element, attribute, fits)
  for (let at = element.parentElement; at !== null; at = at.parentElement) {
    if (fits(at)) return at
    // Where one id is for all that is in a container, it is on another element in it.
    if (at.classList.contains('conversation-container')) return lastWith(at, attribute, fits)
  }
  return null
}

function lastWith(
  element: Element,
  attribute: string,
  fits: (one: Element) => boolean,
): Element | null {
  let found: Element | null = null
  for (const one of element.querySelectorAll(`[${attribute}]`)) if (fits(one)) found = one
  return found
}

/** The layout of a page, and its turns. */
export interface FoundLayer {
  readonly layer: SiteLayer
  /** Place among the layouts of the site: 0 is the newest. */
  readonly index: number
  readonly turns: readonly MountedTurn[]
}

/**
 * The newest layout that fits a page: one that shows both sides of a talk, else one that shows anything that says
 * whose it is; null where none does.
 */
export function findLayer(root: ParentNode, { layers }: SiteDom): FoundLayer | null {
  let found: FoundLayer | null = null
  for (const [index, layer] of layers.entries()) {
    const turns = findTurns(root, layer)
    const roles = new Set(turns.map(({ role }) => role))
    if (roles.has('user') && roles.has('assistant')) return { layer, index, turns }
    if (found === null && (roles.has('user') || roles.has('assistant')))
      found = { layer, index, turns }
  }
  return found
}
