/** What a server says of a request that was too long for its model. */
export interface Overflow {
  /** Tokens that question and answer may have together, if it says. */
  readonly window?: number
  /** Tokens that it counted in the question, if it says. */
  readonly asked?: number
}

const SAYS_SO =
  /context[_ -]?(?:length|size|window|limit)|exceed_context|maximum (?:context|prompt) length|prompt is too long|prompt too long|input (?:token count|length|is too long)[^.]{0,80}(?:exceed|too long|maximum)|too many (?:input )?tokens|exceeds? the (?:available|maximum number of tokens)|context overflow|reduce the length|tokens? (?:to keep|exceeds?)[^.]{0,60}context/i

/** How servers word the size of the window, and what was asked: the first group is the number. */
const WINDOWS: readonly RegExp[] = [
  /"n_ctx"\s*:\s*(\d{3,9})/,
  /maximum context length (?:is|of) (\d{3,9})/i,
  /> (\d{3,9}) maximum/i,
  /exceed context limit: \d+ \+ \d+ > (\d{3,9})/i,
  /maximum number of tokens allowed \((\d{3,9})\)/i,
  /context (?:size|window|length) (?:is|of) (\d{3,9})/i,
]
const ASKED: readonly RegExp[] = [
  /"n_prompt_tokens"\s*:\s*(\d{3,9})/,
  /(\d{3,9}) in the messages/i,
  /messages resulted in (\d{3,9}) tokens/i,
  /prompt is too long: (\d{3,9}) tokens/i,
  /exceed context limit: (\d{3,9}) \+/i,
  /input token count \((\d{3,9})\)/i,
  /prompt contains (?:at least )?(\d{3,9}) (?:input )?tokens/i,
]

/** Characters of an error that are read. */
const MAX_READ = 20_000

/** Whether a server's words say that a request did not fit its model. */
export function saysContextExceeded(words: string): boolean {
  return SAYS_SO.test(words)
}

/**
 * Reads an error as one about a request that did not fit its model; undefined for any other. Total.
 *
 * @see SPEC.md rule HIST12
 */
export function readOverflow(status: number, body: string): Overflow | undefined {
  const words = body.slice(0, MAX_READ)
  if (![400, 413, 422, 500].includes(status) || !saysContextExceeded(words)) return undefined
  const window = firstNumber(WINDOWS, words)
  const asked = firstNumber(ASKED, words)
  return {
    ...(window === undefined ? {} : { window }),
    ...(asked === undefined ? {} : { asked }),
  }
}

function firstNumber(patterns: readonly RegExp[], words: string): number | undefined {
  for (const pattern of patterns) {
    const number = pattern.exec(words)?.[1]
    if (number !== undefined) return Number(number)
  }
  return undefined
}
