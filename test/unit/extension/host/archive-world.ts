import type { Part } from '../../../../src/core/session/message.ts'
import type { KnownTurn } from '../../../../extension/host/archive/known-log.ts'
import type { ArchiveStep } from '../../../../extension/host/archive/plan-archive.ts'
import { planArchive } from '../../../../extension/host/archive/plan-archive.ts'
import { turnNameOf } from '../../../../extension/host/archive/turn-id.ts'
import { wordsOf } from '../../../../extension/host/archive/turn-words.ts'
import type { Captured, SiteTurn } from '../../../../extension/sites/site.ts'

export const say = (text: string): readonly Part[] => [{ type: 'text', text }]

export function turn(id: string, parent?: string | null, text = `says ${id}`): SiteTurn {
  const role = id.startsWith('u') ? 'user' : 'assistant'
  return { id, ...(parent === undefined ? {} : { parent }), role, parts: say(text) }
}

export function tree(turns: readonly SiteTurn[], leaf: string): Captured {
  return { kind: 'conversation', site: 'chatgpt', conversation: 'c', turns, leaf }
}

export function stretch(
  turns: readonly SiteTurn[],
  from: 'response' | 'page' = 'response',
  isFromStart = false,
): Captured {
  return { kind: 'turns', site: 'chatgpt', conversation: 'c', turns, from, isFromStart }
}

/** A log as the engine keeps it, with nothing but what the planner looks at. */
export interface ToyLog {
  readonly known: readonly KnownTurn[]
  readonly texts: readonly (readonly Part[])[]
}

export const EMPTY: ToyLog = { known: [], texts: [] }

/** The log after some of a plan's calls: each step is a branch, if there is one, and an append. */
function carryOut(
  log: ToyLog,
  steps: readonly ArchiveStep[],
  calls: number = Number.POSITIVE_INFINITY,
): ToyLog {
  let left = calls
  let known = [...log.known]
  const texts = [...log.texts]
  for (const { behind, append } of steps) {
    if (behind !== undefined) {
      if ((left -= 1) < 0) break
      const at = known.find(({ id }) => id === behind)
      if (behind !== null && !at?.active) throw new Error(`${behind} is not on the active path`)
      const from = at?.seq ?? 0
      if (!known.some(({ active, seq }) => active && seq > from)) throw new Error('nothing above')
      known = known.map((one) => (one.seq > from ? { ...one, active: false } : one))
    }
    if ((left -= 1) < 0) break
    for (const item of append) {
      if (known.some(({ id }) => id === item.id)) throw new Error(`${item.id} is there already`)
      const source = 'copyOf' in item ? known[item.copyOf - 1] : item
      const parts = 'copyOf' in item ? texts[item.copyOf - 1] : item.parts
      if (!source || !parts) throw new Error(`nothing to copy for ${item.id}`)
      known.push({
        ...turnNameOf(item.id),
        ...wordsOf(source.role, parts),
        id: item.id,
        role: source.role,
        seq: known.length + 1,
        active: true,
        before: known.findLast(({ active }) => active)?.id ?? null,
      })
      texts.push(parts)
    }
  }
  return { known, texts }
}

/** The log after a capture. */
export function take(log: ToyLog, captured: Captured, calls?: number): ToyLog {
  const plan = planArchive(log.known, captured)
  return plan.kind === 'nothing' ? log : carryOut(log, plan.steps, calls)
}

export function takeAll(...captures: readonly Captured[]): ToyLog {
  return captures.reduce((log, captured) => take(log, captured), EMPTY)
}

/** Ids of the active path. */
export function path({ known }: ToyLog): string {
  return known.flatMap(({ active, id }) => (active ? id : [])).join(' ')
}

/** All ids, in order. */
export function all({ known }: ToyLog): string {
  return known.map(({ id }) => id).join(' ')
}

/** The texts of the active path. */
export function said({ known, texts }: ToyLog): readonly string[] {
  return known.flatMap(({ active }, at) =>
    active ? (texts[at] ?? []).map((part) => ('text' in part ? part.text : '')).join('') : [],
  )
}
