import type { Seq } from '../../../core/session/message.ts'
import type { GenerationSummary } from '../../../protocol/requests.ts'
import type { ChatItem } from '../chat.ts'

/** A fold as it is drawn. */
export type FoldItem = Extract<ChatItem, { readonly kind: 'fold' }>

/**
 * The folds that the head stands on, by the mark behind which each is drawn. Of generations with the same mark (an
 * edited digest has that of the one before) the newest counts. Total: a chain that is broken or goes round ends.
 *
 * @param head - Number of the head generation; 0 for none.
 * @see SPEC.md rule CHAT3
 */
export function foldsByMark(
  generations: readonly GenerationSummary[],
  head: number,
): ReadonlyMap<Seq, FoldItem> {
  const byNumber = new Map(generations.map((generation) => [generation.n, generation]))
  const lineage: GenerationSummary[] = []
  let next = byNumber.get(head)
  while (next !== undefined) {
    const newer = lineage.at(-1)
    if (newer === undefined || next.mark < newer.mark) lineage.push(next)
    byNumber.delete(next.n)
    next = byNumber.get(next.parent)
  }
  return new Map(
    lineage.map((generation, at): readonly [Seq, FoldItem] => {
      const former = lineage[at + 1]
      return [
        generation.mark,
        {
          kind: 'fold',
          key: `f${generation.mark}`,
          generation: generation.n,
          from: (former?.mark ?? 0) + 1,
          mark: generation.mark,
          messages: Math.max(0, generation.covered - (former?.covered ?? 0)),
          tokensBefore: generation.tokensBefore,
          tokensAfter: generation.tokensAfter,
          isHead: at === 0,
        },
      ]
    }),
  )
}
