/** Which log it is that a device has read: a position means something in that one alone. */
export interface LogOrigin {
  readonly space: string
  /** Another one where the server's log was made anew, or put back from a backup. Missing where the server does not tell it. */
  readonly incarnation?: string
}

/** Whether what is known of a log counts for the one that was found; with what is known of that from now on. */
export interface OriginVerdict {
  readonly kind: 'same' | 'other'
  readonly origin: LogOrigin
}

/**
 * Decides whether a log is the one that was read before. Pure and total. Where either side does not tell its incarnation the
 * name of the space decides: a server that is silent, or says nonsense, makes nobody begin anew.
 *
 * @param known - Missing where nothing was read before.
 * @see SPEC.md rule SYNC30
 */
export function judgeOrigin(known: LogOrigin | undefined, found: LogOrigin): OriginVerdict {
  if (!known) return { kind: 'same', origin: found }
  if (known.space !== found.space) return { kind: 'other', origin: found }
  const { incarnation } = known
  if (incarnation === undefined || incarnation === found.incarnation)
    return { kind: 'same', origin: found }
  return found.incarnation === undefined
    ? { kind: 'same', origin: known }
    : { kind: 'other', origin: found }
}
