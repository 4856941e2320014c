/** Counts tokens. Total: no text makes it throw or takes more than linear time. */
export interface Tokeniser {
  readonly name: string
  count(text: string): number
}
