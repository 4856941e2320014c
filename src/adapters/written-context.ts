/** A context in the format of a host. */
export interface WrittenContext {
  /** The messages, in order. */
  readonly messages: unknown[]
  /** What stands apart from them, in formats that keep a system prompt of its own. */
  readonly system?: string
}
