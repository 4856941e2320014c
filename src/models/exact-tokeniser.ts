import { BackfoldError } from '../core/backfold-error.ts'
import type { Tokeniser } from '../core/ports/tokeniser.ts'

/** The vocabularies of OpenAI's models: o200k since GPT-4o, cl100k before. */
export type Encoding = 'o200k_base' | 'cl100k_base'

/**
 * Loads a vocabulary and counts with it.
 *
 * A vocabulary is about a megabyte, so it is only ever loaded when asked for, and only in the worker
 * for heavy work. Counts are exact, except in a run of more than 128 letters, signs or white
 * space: the library takes quadratic time there, so such a run is counted in pieces, which may add
 * a token per piece. The names of control tokens count as the ordinary text they are.
 *
 * @throws BackfoldError `MODEL_UNAVAILABLE` if the vocabulary can't be loaded.
 * @see SPEC.md rules TOK6–TOK9
 */
export async function loadExactTokeniser(encoding: Encoding): Promise<Tokeniser> {
  const countPiece = await loadCounter(encoding)
  return {
    name: encoding,
    count: (text) => {
      let tokens = 0
      for (const piece of boundedPieces(text)) tokens += countPiece(piece)
      return tokens
    },
  }
}

type Counter = (text: string) => number

async function loadCounter(encoding: Encoding): Promise<Counter> {
  try {
    const { countTokens, setMergeCacheSize, clearMergeCache } = await importVocabulary(encoding)
    // The library's cache takes time for its whole size on each eviction: it is emptied instead.
    setMergeCacheSize(Infinity)
    let sinceCleared = 0
    return (text) => {
      sinceCleared += text.length
      if (sinceCleared > MAX_CACHED) {
        clearMergeCache()
        sinceCleared = text.length
      }
      return countTokens(text, ORDINARY_TEXT)
    }
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    throw new BackfoldError(
      'MODEL_UNAVAILABLE',
      `The vocabulary ${encoding} could not be loaded: ${reason}`,
    )
  }
}

/** Written out, so that a bundler sees each vocabulary and puts it into a file of its own. */
function importVocabulary(encoding: Encoding): Promise<Vocabulary> {
  switch (encoding) {
    case 'o200k_base':
      return import('gpt-tokenizer/encoding/o200k_base')
    case 'cl100k_base':
      return import('gpt-tokenizer/encoding/cl100k_base')
    default:
      // Callers beyond the type checker, such as a stored policy of another release.
      return Promise.reject(new Error('no such vocabulary'))
  }
}

interface Vocabulary {
  countTokens(text: string, options: { disallowedSpecial: Set<string> }): number
  setMergeCacheSize(entries: number): void
  clearMergeCache(): void
}

/** Characters whose words the library may keep, as a bound on its memory. */
const MAX_CACHED = 1_000_000

/** Without this the library throws on texts that hold the name of a control token. */
const ORDINARY_TEXT = { disallowedSpecial: new Set<string>() }

/** Longest run of one class that is counted at once. No word of any language comes near it. */
const MAX_RUN = 128

/** The classes of characters that a single piece of a vocabulary's pattern can run over. */
const RUN = /[\p{L}\p{M}]+|[^\p{L}\p{M}\p{N}\s]+|\s+/gu

/**
 * Long texts are cut as soon as they can be without changing the count, between two words, and where
 * there are no words for long, between two runs: what the library holds at once stays bounded.
 */
const MIN_SEGMENT = 4096
const MAX_SEGMENT = 16_384

/** The text in order, in pieces that can be counted one by one. */
function* boundedPieces(text: string): Generator<string, void, undefined> {
  let from = 0
  if (text.length > MAX_RUN) {
    for (const { 0: run, index } of text.matchAll(RUN)) {
      const size = index - from
      if (size > MAX_SEGMENT || (size > MIN_SEGMENT && isBetweenWords(text, run, index))) {
        yield text.slice(from, index)
        from = index
      }
      for (let rest = MAX_RUN; rest < run.length; rest += MAX_RUN) {
        const to = index + rest - (splitsPair(run, rest) ? 1 : 0)
        yield text.slice(from, to)
        from = to
      }
    }
  }
  yield text.slice(from)
}

/** Whether the run is the single space between two words: both vocabularies always cut before it. */
function isBetweenWords(text: string, run: string, index: number): boolean {
  return run === ' ' && isLetter(text.charCodeAt(index - 1)) && isLetter(text.charCodeAt(index + 1))
}

function isLetter(code: number): boolean {
  return (code > 64 && code < 91) || (code > 96 && code < 123)
}

function splitsPair(text: string, at: number): boolean {
  return isLowSurrogate(text.charCodeAt(at)) && !isLowSurrogate(text.charCodeAt(at - 1))
}

function isLowSurrogate(code: number): boolean {
  return code >= 0xdc00 && code < 0xe000
}
