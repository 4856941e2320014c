import type { Draft } from '../../core/session/message.ts'
import type { Placed } from './leave-out-copies.ts'
import type { Piece } from '../pair-results.ts'

/** Some parts of a message. */
export interface Item {
  readonly placed: Placed
  /** Indexes into the draft's parts. */
  readonly parts: readonly number[]
  /** Those of them that are calls which the draft does not answer itself. */
  readonly openCalls: readonly number[]
  /** Which call, by part index, a result answers that stands behind it in the same message. */
  readonly ownAnswers: ReadonlyMap<number, number>
}

/**
 * Takes a message apart into what it says and the results of other messages' calls, in order.
 *
 * A result behind its call in the same message stays with it: hosts that keep both together have
 * them in order already. What a tool says beside a result stays with the result.
 */
export function takeApart(placed: Placed): readonly Piece<Item>[] {
  const { draft } = placed
  if (draft.role === 'tool') return toolPieces(placed)
  const own = findOwn(draft)
  const isForeign = (i: number): boolean =>
    draft.parts[i]?.type === 'tool-result' && !own.answers.has(i)
  const indexes = [...draft.parts.keys()]
  const said = indexes.filter((i) => !isForeign(i))
  const results = indexes.filter(isForeign).map((i) => resultPiece(placed, i, [i]))
  const [start] = said
  if (start === undefined && results.length > 0) return results
  const early = results.filter(({ value }) => (value.parts[0] ?? 0) < (start ?? 0))
  const speech: Piece<Item> = {
    kind: 'speech',
    calls: own.open.map((i) => callIdAt(draft, i)),
    value: { placed, parts: said, openCalls: own.open, ownAnswers: own.answers },
  }
  return [...early, speech, ...results.slice(early.length)]
}

/** The id that a part names; empty for parts that name none. */
export function callIdAt(draft: Draft, index: number): string {
  const part = draft.parts[index]
  return part !== undefined && 'callId' in part ? part.callId : ''
}

function resultPiece(placed: Placed, index: number, parts: readonly number[]): Piece<Item> {
  const value: Item = { placed, parts, openCalls: [], ownAnswers: new Map() }
  return { kind: 'result', callId: callIdAt(placed.draft, index), value }
}

/** Results of a tool's message, each with what is said behind it, the first with all before it too. */
function toolPieces(placed: Placed): readonly Piece<Item>[] {
  const { parts } = placed.draft
  const results = [...parts.keys()].filter((i) => parts[i]?.type === 'tool-result')
  return results.map((index, n) => {
    const from = n === 0 ? 0 : index
    const to = results[n + 1] ?? parts.length
    const span = Array.from({ length: to - from }, (_, i) => from + i)
    return resultPiece(placed, index, span)
  })
}

/** Calls that a message answers itself, in the order in which it makes them, and those it doesn't. */
function findOwn({ parts }: Draft): {
  readonly open: readonly number[]
  readonly answers: ReadonlyMap<number, number>
} {
  const waiting = new Map<string, number[]>()
  const open = new Set<number>()
  const answers = new Map<number, number>()
  for (const [i, part] of parts.entries()) {
    if (part.type === 'tool-call') {
      open.add(i)
      const same = waiting.get(part.callId)
      if (same) same.push(i)
      else waiting.set(part.callId, [i])
    } else if (part.type === 'tool-result') {
      const call = waiting.get(part.callId)?.shift()
      if (call === undefined) continue
      open.delete(call)
      answers.set(i, call)
    }
  }
  return { open: [...open], answers }
}
