import { hashText } from '../../session/chain.ts'
import type { Generation } from '../../session/generation.ts'
import type { Message, Part, Seq } from '../../session/message.ts'
import { movableTexts } from '../payload.ts'
import type { Pad } from '../pads/pad.ts'

/** Digits of a hash by which texts name an artifact. */
const SHORT_HASH = 12

/** A payload as it stands in the log. */
export interface FoundPayload {
  readonly text: string
  readonly seq: Seq
  readonly part: Part
}

/**
 * The messages that hold a payload, ascending, as the lines and stubs of digests and the steps of pads that name it say.
 * None where nothing names it.
 *
 * @param hash - 12 or more digits of it.
 */
export function placesOfPayload(
  {
    generations,
    pads,
  }: { readonly generations: readonly Generation[]; readonly pads: readonly Pad[] },
  hash: string,
): readonly Seq[] {
  const short = hash.slice(0, SHORT_HASH)
  const isIt = (artifact: string | undefined): boolean => artifact?.startsWith(hash) === true
  const places = new Set<Seq>()
  for (const { stubs, digest } of generations) {
    for (const { artifact, seq } of stubs) if (isIt(artifact)) places.add(seq)
    for (const { artifact, text, sources } of digest) {
      // An earlier reading of the same is named in the text of the newest one alone.
      const isNamed = isIt(artifact) || (artifact !== undefined && text.includes(short))
      if (isNamed) for (const seq of sources) places.add(seq)
    }
  }
  for (const { steps } of pads) {
    for (const piece of steps.flatMap((step) => step.arguments.flatMap(({ pieces }) => pieces))) {
      const isPlaced = piece.from === 'artifact' && isIt(piece.artifact)
      if (isPlaced && piece.seq !== undefined) places.add(piece.seq)
    }
  }
  return [...places].toSorted((a, b) => a - b)
}

/**
 * Cuts a payload out of messages again, as it was cut out of them where they were folded: payloads are told by their
 * hash, so that it is this one or none. Total; linear in what the messages hold.
 *
 * @param hash - 12 or more digits of it.
 * @see SPEC.md rule ART7
 */
export function findPayload(messages: readonly Message[], hash: string): FoundPayload | undefined {
  for (const { seq, parts } of messages) {
    for (const part of parts) {
      const text = movableTexts(part).find((one) => hashText(one).startsWith(hash))
      if (text !== undefined) return { text, seq, part }
    }
  }
  return undefined
}
