/** What a session is called and how it is kept: for people and hosts. Nothing of it goes to a model. */
export interface SessionDetails {
  /** Empty until one is given; at most 500 characters. */
  readonly title: string
  /** At most 50, each at most 100 characters, none twice. */
  readonly tags: readonly string[]
  /** Put away: hosts list it apart. It stays searchable and can be gone on with. */
  readonly archived: boolean
  /** Texts of the host's own by name, such as a draft or settings as JSON; at most 256,000 characters in all. */
  readonly host: Readonly<Record<string, string>>
}

/** What changes; what is not named stays. */
export interface DetailsPatch {
  readonly title?: string
  readonly tags?: readonly string[]
  readonly archived?: boolean
  /** Texts by name; null removes one. Those that are not named stay. */
  readonly host?: Readonly<Record<string, string | null>>
}

/** A session of which nobody said anything. */
export const NO_DETAILS: SessionDetails = { title: '', tags: [], archived: false, host: {} }
