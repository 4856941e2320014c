import type { Part, Seq } from '../../../src/core/session/message.ts'
import type { Captured, SiteTurn } from '../../sites/site.ts'
import type { KnownTurn } from './known-log.ts'
import { isReadable } from './readable-capture.ts'
import { createTrail, type Trail } from './trail.ts'
import { pathsOf } from './turn-tree.ts'
import { isBlank } from './turn-words.ts'

/** A message to append: what was captured, or what the log has of it already. */
export type ArchiveItem =
  | {
      readonly id: string
      readonly role: 'user' | 'assistant'
      readonly parts: readonly Part[]
      readonly at?: number
    }
  | { readonly id: string; readonly copyOf: Seq }

export interface ArchiveStep {
  /** Branch behind this message first, null: before all of them. Missing where nothing is left behind. */
  readonly behind?: string | null
  readonly append: readonly ArchiveItem[]
}

export type ArchivePlan =
  | { readonly kind: 'write'; readonly steps: readonly ArchiveStep[] }
  | {
      readonly kind: 'nothing'
      /**
       * `known`: all of it is there. `unconnected`: where it belongs is not known. `malformed`: it is no conversation.
       */
      readonly reason: 'known' | 'unconnected' | 'malformed'
    }

/**
 * What is to be written of a conversation, given what is in the log: turns are merged by the site's own ids, edits and
 * regenerations become branches, and the branch that is shown ends as the active path. Carried out as far as any
 * step and planned again, it comes to the same log. Pure and total.
 *
 * @see SPEC.md rules ARCH1–ARCH12
 */
export function planArchive(known: readonly KnownTurn[], captured: Captured): ArchivePlan {
  if (!isReadable(captured)) return MALFORMED
  const isDrawn = captured.kind === 'turns' && captured.from === 'page'
  const trail = createTrail(known, captured.turns, isDrawn)
  let isConnected = true
  if (captured.kind === 'conversation') {
    const paths = pathsOf(captured.turns, captured.leaf)
    if (!paths) return MALFORMED
    for (const path of paths.others) {
      const said = withoutBlanks(path)
      if (said.some((turn) => trail.isNew(turn))) trail.follow(beginningOf(trail, path), said)
    }
    trail.follow(beginningOf(trail, paths.shown), withoutBlanks(paths.shown))
  } else {
    const turns = withoutBlanks(captured.turns)
    isConnected = isDrawn
      ? followDrawn(trail, turns, captured.isFromStart)
      : followSaid(trail, turns, captured.isFromStart)
  }
  const steps = trail.steps()
  if (steps.length > 0) return { kind: 'write', steps }
  return { kind: 'nothing', reason: isConnected ? 'known' : 'unconnected' }
}

const MALFORMED: ArchivePlan = { kind: 'nothing', reason: 'malformed' }

/** What stands before a conversation that was told from somewhere in its middle on. */
function beginningOf(trail: Trail, [first]: readonly SiteTurn[]): ReturnType<Trail['upTo']> {
  return (first && anchorOf(trail, first, true)) ?? []
}

/** What is mounted: only what stands behind the last turn that is known can be placed. */
function followDrawn(trail: Trail, turns: readonly SiteTurn[], isFromStart: boolean): boolean {
  const last = turns.findLastIndex(({ id }) => trail.isKnown(id))
  if (last < 0) {
    if (isFromStart) trail.follow([], turns)
    return isFromStart
  }
  const anchor = turns[last]
  if (!anchor) return false
  const isWhole = !trail.isNew(anchor)
  const rest = turns.slice(isWhole ? last + 1 : last)
  if (rest.length > 0) trail.follow(trail.upTo(anchor.id, isWhole), rest)
  return true
}

/** What a response said, in runs of which each turn follows the one before. */
function followSaid(trail: Trail, turns: readonly SiteTurn[], isFromStart: boolean): boolean {
  let isConnected = false
  let from = 0
  while (from < turns.length) {
    let to = from + 1
    while (to < turns.length && goesOnFrom(turns[to], turns[to - 1])) to += 1
    const run = turns.slice(from, to)
    if (followRun(trail, run, isFromStart && from === 0)) isConnected = true
    from = to
  }
  return isConnected
}

function followRun(trail: Trail, run: readonly SiteTurn[], isFromStart: boolean): boolean {
  for (const [at, turn] of run.entries()) {
    const anchor = anchorOf(trail, turn, isFromStart && at === 0)
    if (!anchor) continue
    const rest = run.slice(at)
    if (rest.some((one) => trail.isNew(one))) trail.follow(anchor, rest)
    return true
  }
  return false
}

/** What stands before a turn; undefined where that is not known. */
function anchorOf(
  trail: Trail,
  { id, parent }: SiteTurn,
  isFirst: boolean,
): ReturnType<Trail['upTo']> | undefined {
  if (parent === null || (isFirst && parent === undefined)) return []
  if (parent !== undefined && trail.isKnown(parent)) return trail.upTo(parent, true)
  if (trail.isKnown(id)) return trail.upTo(id, false)
  return isFirst ? [] : undefined
}

function goesOnFrom(turn: SiteTurn | undefined, before: SiteTurn | undefined): boolean {
  return turn?.parent === undefined || turn.parent === before?.id
}

function withoutBlanks(turns: readonly SiteTurn[]): readonly SiteTurn[] {
  return turns.filter(({ parts }) => !isBlank(parts))
}
