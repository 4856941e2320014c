import type { SiteTurn } from '../site.ts'

/** What was told of a conversation: bounded, by the ids of its turns. */
export interface ToldTurns {
  /** What each said when it was told, as a hash. */
  readonly said: Map<string, number>
  /** Which turn it was told to stand behind. */
  readonly before: Map<string, string>
}

/** Most turns that are remembered as told; more are told once more. */
const MAX_TOLD = 20_000

export function nothingTold(): ToldTurns {
  return { said: new Map(), before: new Map() }
}

/** A stretch that has something new, and where in the list it begins. */
export interface Stretch {
  readonly turns: readonly SiteTurn[]
  readonly begin: number
}

/**
 * What is new in a list of turns: for each run between gaps, what lies between the first and the last turn that was
 * not told so before, with the turn in front of it. The order is that of the list, always. Changes what is told.
 *
 * @param list - Null stands for a turn that is there and can't be told: what is on its two sides is not told as one.
 * @see SPEC.md rules DOM4, DOM9
 */
export function stretchesOf(
  list: readonly (SiteTurn | null)[],
  told: ToldTurns,
): readonly Stretch[] {
  if (told.said.size > MAX_TOLD) {
    told.said.clear()
    told.before.clear()
  }
  const found: Stretch[] = []
  let run: SiteTurn[] = []
  const close = (end: number): void => {
    const news = run.flatMap((turn, index) => (isNew(turn, run[index - 1], told) ? [index] : []))
    const [first] = news
    const last = news.at(-1)
    if (first !== undefined && last !== undefined) {
      const begin = Math.max(0, first - 1)
      found.push({ turns: run.slice(begin, last + 1), begin: end - run.length + begin })
    }
    run = []
  }
  for (const [index, turn] of list.entries()) {
    if (turn === null) close(index)
    else run.push(turn)
  }
  close(list.length)
  return found
}

function isNew(turn: SiteTurn, before: SiteTurn | undefined, told: ToldTurns): boolean {
  const hash = hashOf(turn)
  const isSaid = told.said.get(turn.id) === hash
  const isPlaced = before === undefined || told.before.get(turn.id) === before.id
  told.said.set(turn.id, hash)
  if (before !== undefined) told.before.set(turn.id, before.id)
  return !isSaid || !isPlaced
}

/** FNV-1a over role and texts, in 32 bits: it only saves telling the same twice. */
function hashOf({ role, parts }: SiteTurn): number {
  let hash = 0x811c9dc5 ^ role.length
  for (const part of parts) {
    const text = part.type === 'text' || part.type === 'reasoning' ? part.text : ''
    hash = Math.imul(hash ^ text.length, 0x01000193)
    for (let i = 0; i < text.length; i += 1) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193)
  }
  return hash
}
