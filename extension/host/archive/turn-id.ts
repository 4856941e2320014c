/** A message of an archived chat, by the site's own id of the turn. */
export interface TurnName {
  /** The site's own id. */
  readonly turn: string
  /** Whether it was read from what is drawn, and not from a response. */
  readonly isDrawn: boolean
  /** Which of the turn's messages it is, from 1: another text, or the same one on another branch. */
  readonly version: number
}

const SUFFIX = /~(p?)([1-9]\d{0,8})$/

/**
 * The id of a turn's message: the site's own, with a mark behind it where it was drawn or is not the first. Marks that
 * a site's own id seems to have are escaped, so that no two turns share an id.
 *
 * @see SPEC.md rule ARCH2
 */
export function messageIdOf({ turn, isDrawn, version }: TurnName): string {
  const own = turn.replaceAll('~', '~0')
  return isDrawn ? `${own}~p${version}` : version === 1 ? own : `${own}~${version}`
}

/** The turn of a message's id. */
export function turnNameOf(id: string): TurnName {
  const found = SUFFIX.exec(id)
  const own = found ? id.slice(0, found.index) : id
  return {
    turn: own.replaceAll('~0', '~'),
    isDrawn: found?.[1] === 'p',
    version: Number(found?.[2] ?? 1),
  }
}
