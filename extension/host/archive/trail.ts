import type { SiteTurn } from '../../sites/site.ts'
import type { KnownTurn } from './known-log.ts'
import type { ArchiveItem, ArchiveStep } from './plan-archive.ts'
import { messageIdOf } from './turn-id.ts'
import { goesOn, wordsOf, type TurnWords } from './turn-words.ts'

/** A message as it stands in the log, or will. */
interface Node extends TurnWords {
  readonly id: string
  readonly turn: string
  readonly version: number
  readonly isDrawn: boolean
  readonly role: string
  readonly before: Node | null
  /** What it is appended from once more. */
  readonly source: number | SiteTurn
}

/** The log as it grows while a plan is made. */
export interface Trail {
  /** Whether any message of a turn is in the log. */
  isKnown(turn: string): boolean
  /** Whether a turn says what no message of it says yet. */
  isNew(turn: SiteTurn): boolean
  /** The messages from the first one up to a turn, with it or without. */
  upTo(turn: string, isWith: boolean): readonly Node[]
  /** Makes a path the active one: what is on it already stays, the rest is appended. */
  follow(before: readonly Node[], turns: readonly SiteTurn[]): void
  steps(): readonly ArchiveStep[]
}

/** Texts of one turn; what a site says beyond that is left out. */
const MOST_VERSIONS = 8
/** Messages of one turn, from which on a branch that is merely shown again is not copied any more. */
const MOST_COPIES = 40

/** @param isDrawn - Whether the turns are read from what is drawn. */
export function createTrail(
  known: readonly KnownTurn[],
  captured: readonly SiteTurn[],
  isDrawn: boolean,
): Trail {
  const messages = new Map<string, Node[]>()
  const byId = new Map<string, Node>()
  const named = new Set(captured.map(({ id }) => id))
  const said = new Map<string, TurnWords>()
  const steps: ArchiveStep[] = []
  let active: Node[] = []

  const learn = (node: Node): void => {
    byId.set(node.id, node)
    const others = messages.get(node.turn)
    if (others) others.push(node)
    else messages.set(node.turn, [node])
  }
  for (const { before, seq, active: isActive, ...turn } of known) {
    const node: Node = { ...turn, source: seq, before: byId.get(before ?? '') ?? null }
    learn(node)
    if (isActive) active.push(node)
  }

  const words = (turn: SiteTurn): TurnWords => {
    const found = said.get(turn.id) ?? wordsOf(turn.role, turn.parts)
    said.set(turn.id, found)
    return found
  }
  /** Turns that say nothing new: messages are only ever added, so they never will. */
  const told = new Set<string>()
  const isNew = (turn: SiteTurn): boolean => {
    if (told.has(turn.id)) return false
    const is = saysNew(turn)
    if (!is) told.add(turn.id)
    return is
  }
  const saysNew = (turn: SiteTurn): boolean => {
    const own = messages.get(turn.id)
    if (!own) return true
    const { key, exact } = words(turn)
    if (own.some((node) => (node.isDrawn || isDrawn ? node.key === key : node.exact === exact))) {
      return false
    }
    if (new Set(own.map((node) => node.exact)).size >= MOST_VERSIONS) return false
    // What is drawn counts only where nothing else does, and then only if it was not whole before.
    if (!isDrawn) return true
    const newest = own.at(-1)
    return (
      own.every((node) => node.isDrawn) &&
      newest !== undefined &&
      goesOn(turn.role, turn.parts, newest)
    )
  }
  /**
   * The message of a turn that counts: what a response said last, else the newest. Where one is on the active path it is
   * this one, because another is appended only where none is.
   */
  const best = (turn: string): Node | undefined => {
    const own = messages.get(turn) ?? []
    return own.findLast((node) => !node.isDrawn) ?? own.at(-1)
  }
  const isOnPath = (node: Node): boolean => places().get(node.id) !== undefined
  let placed: ReadonlyMap<string, number> | undefined
  const places = (): ReadonlyMap<string, number> =>
    (placed ??= new Map(active.map(({ id }, at) => [id, at])))

  const isSame = (wanted: Node | SiteTurn, node: Node): boolean => {
    if ('turn' in wanted) {
      return wanted === node || (wanted.turn === node.turn && wanted.exact === node.exact)
    }
    if (node.turn === wanted.id) return !isNew(wanted)
    // Some pages give a turn another name until its server has one.
    if (messages.has(wanted.id) || named.has(node.turn)) return false
    return node.role === wanted.role && node.exact === words(wanted).exact
  }

  /** What follows a message: on the active path, or where a step was cut off, what was appended there last. */
  const behind = (node: Node): readonly Node[] => {
    const at = places().get(node.id)
    if (at !== undefined) return active.slice(at + 1)
    const newest = new Map<Node | null, Node>()
    for (const one of byId.values()) newest.set(one.before, one)
    const after: Node[] = []
    for (let next = newest.get(node); next; next = newest.get(next)) after.push(next)
    return after
  }

  /** Whether there is nothing new on a path, and it was copied again and again. */
  const isShownTooOften = (rest: readonly (Node | SiteTurn)[]): boolean =>
    rest.every(
      (one) =>
        !('turn' in one) && !isNew(one) && (messages.get(one.id)?.length ?? 0) >= MOST_COPIES,
    )

  const nameNext = (turn: string, drawn: boolean): { id: string; version: number } => {
    const own = messages.get(turn) ?? []
    const version = own.reduce(
      (most, node) => (node.isDrawn === drawn ? Math.max(most, node.version) : most),
      0,
    )
    return {
      id: messageIdOf({ turn, isDrawn: drawn, version: version + 1 }),
      version: version + 1,
    }
  }
  const add = (wanted: Node | SiteTurn): ArchiveItem => {
    const copied = 'turn' in wanted ? wanted : isNew(wanted) ? undefined : best(wanted.id)
    const before = active.at(-1) ?? null
    const node: Node = copied
      ? { ...copied, ...nameNext(copied.turn, copied.isDrawn), before }
      : fresh(wanted as SiteTurn, before)
    learn(node)
    active.push(node)
    return itemOf(node)
  }
  const fresh = (turn: SiteTurn, before: Node | null): Node => ({
    ...words(turn),
    ...nameNext(turn.id, isDrawn),
    ...{ turn: turn.id, isDrawn, role: turn.role, before, source: turn },
  })

  return {
    isKnown: (turn) => messages.has(turn),
    isNew,
    upTo(turn, isWith) {
      const end = best(turn) ?? null
      const path: Node[] = []
      for (let node = isWith ? end : (end?.before ?? null); node; node = node.before) {
        path.push(node)
      }
      return path.reverse()
    },
    follow(before, turns) {
      const wanted: readonly (Node | SiteTurn)[] = [...before, ...turns]
      let at = 0
      for (; at < wanted.length && at < active.length; at += 1) {
        const [one, node] = [wanted[at], active[at]]
        if (!one || !node || !isSame(one, node)) break
      }
      const rest = wanted.slice(at)
      if (rest.length === 0 || isShownTooOften(rest)) return
      // Where a turn on the path gets another text, what followed it still does.
      const last = wanted.at(-1)
      const end = last && best('turn' in last ? last.turn : last.id)
      const isReplaced = last !== undefined && !('turn' in last) && isNew(last)
      const kept = end && (isOnPath(end) || isReplaced) ? behind(end) : []
      const left = at < active.length
      active = active.slice(0, at)
      placed = undefined
      const append = [...rest, ...kept].map(add)
      placed = undefined
      steps.push({ ...(left ? { behind: active[at - 1]?.id ?? null } : {}), append })
    },
    steps: () => steps,
  }
}

function itemOf({ id, source }: Node): ArchiveItem {
  if (typeof source === 'number') return { id, copyOf: source }
  const { role, parts, at } = source
  return { id, role, parts, ...(at === undefined ? {} : { at }) }
}
