/** Where the site's own id of a turn stands. */
export interface IdRule {
  /** On the turn's element, on the last one inside of it, or on the nearest one around it. */
  readonly where: 'self' | 'inside' | 'around'
  readonly attribute: string
  /** Its first group is the id; what does not match is none. */
  readonly pattern: RegExp
  /** Put behind it, where a question and its answer share an id. */
  readonly suffix?: string
}

/** How one kind of turn is found. */
export interface TurnRule {
  readonly selector: string
  /** Null where the element does not say whose it is. */
  readonly role: 'user' | 'assistant' | null
  readonly ids: readonly IdRule[]
  /** Where its text is: all that match the first of these that matches anything; else all of it. */
  readonly body: readonly string[]
  /** Thoughts in it, which are no part of its text. */
  readonly reasoning?: string
}

/** One layout of a site: how its turns are drawn. */
export interface SiteLayer {
  /** `canonical` for the newest, else the month in which it was the newest. */
  readonly name: string
  readonly turns: readonly TurnRule[]
  /** What holds all pieces of one turn, where it is drawn in several: they are one, with the last one's id. */
  readonly group?: string
  /** Whether this layout has ids at all. */
  readonly hasIds: boolean
  /** What is in or around the first turn of a conversation, and of no other. */
  readonly first?: string
}

/** How a site draws its chats. */
export interface SiteDom {
  /** The newest first. */
  readonly layers: readonly SiteLayer[]
  /** What is only there while an answer is being written. */
  readonly generating: readonly string[]
  /** What is only there in a chat that the site does not keep. */
  readonly temporary: readonly string[]
  /** What stands in texts and is none of them. */
  readonly leaveOut: readonly string[]
}
