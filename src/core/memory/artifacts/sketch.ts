/** Values of a sketch. More tell smaller likenesses; two texts that share a third share some 8 of 24. */
export const SKETCH_SIZE = 24
/** Lines with less in them are in every text. */
const LEAST_LINE = 6

/**
 * A few numbers that stand for a text's lines: texts that share most lines share most numbers.
 *
 * The smallest hashes of its lines, as in A. Broder, "On the resemblance and containment of
 * documents", 1997. Linear, whatever the text.
 */
export function sketchLines(text: string): readonly number[] {
  const least: number[] = []
  const known = new Set<number>()
  let from = 0
  while (from <= text.length) {
    const at = text.indexOf('\n', from)
    const end = at === -1 ? text.length : at
    if (end - from >= LEAST_LINE) {
      const hash = hashRange(text, from, end)
      const most = least.at(-1) ?? Infinity
      if ((least.length < SKETCH_SIZE || hash < most) && !known.has(hash))
        insert(least, known, hash)
    }
    from = end + 1
  }
  return least
}

function insert(least: number[], known: Set<number>, hash: number): void {
  let at = least.length
  while (at > 0 && (least[at - 1] ?? 0) > hash) at -= 1
  least.splice(at, 0, hash)
  known.add(hash)
  if (least.length > SKETCH_SIZE) known.delete(least.pop() ?? -1)
}

/** FNV-1a over the code units, mixed once more because only the smallest values are kept. */
function hashRange(text: string, from: number, end: number): number {
  let hash = 0x811c9dc5
  for (let at = from; at < end; at += 1) {
    hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193)
  }
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b)
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35)
  return (hash ^ (hash >>> 16)) >>> 0
}
