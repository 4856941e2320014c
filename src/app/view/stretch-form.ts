/** A stretch of a session as typed. */
export interface TypedStretch {
  readonly from: string
  readonly to: string
}

/** Messages that a summariser is tried on at most, and unless a person says which. */
const MOST_MESSAGES = 200
const USUAL_MESSAGES = 20

/** The newest messages, as they would be typed. */
export function usualStretch(newest: number): TypedStretch {
  return { from: String(Math.max(1, newest - USUAL_MESSAGES + 1)), to: String(Math.max(1, newest)) }
}

/**
 * Reads two positions, in either order, or says what is wrong with them.
 *
 * @param newest - Position of the newest message; 0 for an empty session.
 * @see SPEC.md rule APP100
 */
export function readStretch(
  typed: TypedStretch,
  newest: number,
):
  | { readonly ok: true; readonly stretch: { readonly from: number; readonly to: number } }
  | { readonly ok: false; readonly problem: string } {
  if (newest < 1) return { ok: false, problem: 'The session has no message yet.' }
  const [a, b] = [positionOf(typed.from), positionOf(typed.to)]
  if (a === null || b === null)
    return { ok: false, problem: 'Enter two positions, such as 1 and 20.' }
  const [from, to] = [Math.min(a, b), Math.max(a, b)]
  if (from < 1 || to > newest)
    return { ok: false, problem: `The session has messages 1 to ${newest}.` }
  if (to - from >= MOST_MESSAGES)
    return { ok: false, problem: `Compare at most ${MOST_MESSAGES} messages.` }
  return { ok: true, stretch: { from, to } }
}

function positionOf(text: string): number | null {
  const digits = /^\s*#?(\d{1,9})\s*$/.exec(text.slice(0, 40))?.[1]
  return digits === undefined ? null : Number(digits)
}
