import type { Part } from '../../../src/core/session/message.ts'
import { conversationOf } from '../conversation-of.ts'
import { isTemporaryPage } from '../is-temporary-page.ts'
import type { AdapterHealth, Captured, SiteId, SiteTurn } from '../site.ts'
import { SITES } from '../sites.ts'
import { findLayer, type FoundLayer, type MountedTurn } from './find-turns.ts'
import { healthOf } from './health-of.ts'
import { readTurn } from './read-turn.ts'
import { SITE_DOMS } from './site-doms.ts'
import type { SiteDom } from './site-layer.ts'
import { nothingTold, stretchesOf, type ToldTurns } from './stretches-of.ts'

/** Milliseconds of reading in one go: less than a frame. */
const SLICE = 6
/** Milliseconds until what was left is read. */
const NEXT_SLICE = 16
/** Milliseconds for which the newest answer has to rest before it is taken as whole. */
const REST = 1_200
/** Milliseconds after which messages should have been mounted. */
const AWAIT = 3_000
/** Most changes that are looked at one by one; of more, everything is read again. */
const MAX_RECORDS = 500

/** What a turn said when it was read. */
interface ReadTurn {
  readonly pieces: readonly Element[]
  readonly parts: readonly Part[]
  /** When it was found to say so. */
  readonly since: number
}

/** What is remembered between two looks. */
export interface Watch {
  conversation: string | null
  /** When the conversation was first seen. */
  since: number
  told: ToldTurns
  layer: string
  /** By the first piece of each turn. */
  read: WeakMap<Element, ReadTurn>
  /** The same of the conversation before, which may still be mounted once the address has changed. */
  stale: WeakMap<Element, ReadTurn>
  readonly dirty: Set<Element>
  /** What was found at the last look, as long as nothing has changed since. */
  found: FoundLayer | null
  health: string
}

export function newWatch(now: number): Watch {
  return {
    conversation: null,
    since: now,
    told: nothingTold(),
    layer: '',
    read: new WeakMap(),
    stale: new WeakMap(),
    dirty: new Set(),
    found: null,
    health: '',
  }
}

/** What a page is when it is looked at. */
export interface LookedAt {
  readonly site: SiteId
  readonly document: Document
  readonly address: string
  readonly hasResponses: boolean
  /** A time of the page in milliseconds. */
  readonly now: number
}

export interface Look {
  readonly told: readonly (Captured | AdapterHealth)[]
  /** Milliseconds until the page has to be looked at again, even if nothing changes; null if it rests. */
  readonly again: number | null
}

/** Notes which turns have to be read again. */
export function noteChanges(
  records: readonly Pick<MutationRecord, 'target'>[],
  dom: SiteDom,
  watch: Watch,
): void {
  watch.found = null
  const layer = dom.layers.find(({ name }) => name === watch.layer)
  if (layer === undefined) return
  if (records.length > MAX_RECORDS) {
    forget(watch)
    return
  }
  const selector = layer.turns.map((rule) => rule.selector).join(',')
  let last: Node | undefined
  for (const { target } of records) {
    if (target === last) continue
    last = target
    const element = target.nodeType === 1 ? (target as Element) : target.parentElement
    const turn = element?.closest(selector)
    if (turn != null) watch.dirty.add(turn)
  }
}

/** Everything is read again; how long it has rested is kept, for it may say the same. */
function forget(watch: Watch): void {
  watch.read = new WeakMap()
  watch.dirty.clear()
}

/**
 * Looks at a page once: finds the layout, reads what has changed for a few milliseconds, and answers what is new.
 *
 * @see SPEC.md rules DOM6, DOM9–DOM12
 */
export function lookAtPage(page: LookedAt, watch: Watch): Look {
  const { site, document, now } = page
  const dom = SITE_DOMS[site]
  const place = conversationOf(site, page.address)
  const found = watch.found ?? findLayer(document, dom)
  watch.found = found
  const layer = found?.layer.name ?? ''
  if (layer !== watch.layer) {
    watch.layer = layer
    forget(watch)
  }
  if (place.conversation !== watch.conversation) enter(watch, place.conversation, now)
  const isTemporary = place.isTemporary || isTemporaryPage(site, document)
  const isYoung = now - watch.since < AWAIT
  const health = healthOf({
    name: SITES[site].name,
    isTemporary,
    isAwaited: place.conversation !== null && !isYoung,
    found,
    hasResponses: page.hasResponses,
  })
  const told: (Captured | AdapterHealth)[] = healthNews(watch, health)
  if (isTemporary || place.conversation === null) return { told, again: null }
  if (found === null) return { told, again: isYoung ? AWAIT : null }
  if (!found.layer.hasIds) return { told, again: null }
  const again = readChanged(watch, found, dom)
  if (again !== null) return { told, again }
  const { list, rest } = resting(watch, found, isOnPage(document, dom.generating), now)
  const conversation = place.conversation
  for (const { turns, begin } of stretchesOf(list, watch.told)) {
    const isFromStart = begin === 0 && isFirst(found)
    told.push({ kind: 'turns', site, conversation, turns, isFromStart, from: 'page' })
  }
  return { told, again: rest }
}

/**
 * Begins with another conversation. What is mounted may still be that of the one before, and is left alone until it
 * says something else. From a chat without an address to one with, it is the same chat.
 */
function enter(watch: Watch, conversation: string | null, now: number): void {
  if (watch.conversation !== null) {
    watch.stale = watch.read
    forget(watch)
  }
  watch.conversation = conversation
  watch.since = now
  watch.told = nothingTold()
}

function isOnPage(document: Document, selectors: readonly string[]): boolean {
  return selectors.length > 0 && document.querySelector(selectors.join(',')) !== null
}

function healthNews(watch: Watch, health: AdapterHealth): AdapterHealth[] {
  const said = `${health.state}\n${health.layer}\n${health.detail}`
  if (said === watch.health) return []
  watch.health = said
  return [health]
}

/** Reads what has changed; answers when to go on, or null once all is read. */
function readChanged(watch: Watch, found: FoundLayer, dom: SiteDom): number | null {
  const begun = performance.now()
  let now = begun
  for (const turn of found.turns) {
    const [first] = turn.pieces
    if (first === undefined) continue
    const elements = turn.pieces.map(({ element }) => element)
    const known = watch.read.get(first.element)
    const isSame =
      known?.pieces.length === elements.length &&
      elements.every((one, index) => one === known.pieces[index] && !watch.dirty.has(one))
    if (isSame) continue
    // One at least is read in each look, however long it took to find it.
    if (now - begun > SLICE) return NEXT_SLICE
    const parts = readTurn(turn, dom.leaveOut)
    const isUnchanged = known !== undefined && areSame(known.parts, parts)
    watch.read.set(first.element, {
      pieces: elements,
      parts,
      since: isUnchanged ? known.since : now,
    })
    for (const one of elements) watch.dirty.delete(one)
    now = performance.now()
  }
  watch.dirty.clear()
  return null
}

function areSame(a: readonly Part[], b: readonly Part[]): boolean {
  return JSON.stringify(a) === JSON.stringify(b)
}

interface Resting {
  /** Null for what is there and is not told. */
  readonly list: readonly (SiteTurn | null)[]
  /** When the newest answer may be whole; null if it is, or if a change will say so. */
  readonly rest: number | null
}

/** The turns as they are told: with ids, roles and texts, and without an answer that may still grow. */
function resting(watch: Watch, found: FoundLayer, isGenerating: boolean, now: number): Resting {
  const seen = new Set<string>()
  let rest: number | null = null
  const list = found.turns.flatMap((turn, index): readonly (SiteTurn | null)[] => {
    const read = readOf(watch, turn)
    if (turn.id === null || turn.role === null || read === undefined) return [null]
    // Drawn twice, for a wide and for a narrow page.
    if (seen.has(turn.id)) return []
    seen.add(turn.id)
    // A placeholder of a virtual list: something is there, but not here.
    if (read.parts.length === 0) return [null]
    if (index === found.turns.length - 1 && turn.role === 'assistant') {
      const left = read.since + REST - now
      if (isGenerating || left > 0) {
        rest = Math.max(left, isGenerating ? REST : 0)
        return [null]
      }
    }
    return [{ id: turn.id, role: turn.role, parts: read.parts }]
  })
  return { list, rest }
}

function readOf(watch: Watch, { pieces }: MountedTurn): ReadTurn | undefined {
  const element = pieces[0]?.element
  if (element === undefined) return undefined
  const read = watch.read.get(element)
  const before = watch.stale.get(element)
  if (read === undefined || before === undefined) return read
  if (areSame(before.parts, read.parts)) return undefined
  watch.stale.delete(element)
  return read
}

function isFirst({ layer, turns }: FoundLayer): boolean {
  const element = turns[0]?.pieces[0]?.element
  return layer.first !== undefined && element != null && element.closest(layer.first) !== null
}
