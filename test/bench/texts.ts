import { writeText } from './session-corpus.ts'

/** Text to cut messages from, in characters. */
const STOCK = 1_500_000

/** Hands out texts of a given length, each another one; ASCII only, so that a character is a byte. */
export function createTexts(seed = 7): (length: number) => string {
  let stock = ''
  let at = 0
  return (length) => {
    // oxlint-disable-next-line no-control-regex -- what is not ASCII is exactly what is removed
    stock ||= writeText(seed, STOCK).replace(/[^\u0000-\u007f]/g, '+')
    if (at + length > stock.length) at = (at * 7) % 1_000
    at += length
    return stock.slice(at - length, at)
  }
}
