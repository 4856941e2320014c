import { findIdentifiers } from './identifiers.ts'
import { tellingWords } from './loss-cues.ts'
import { splitSentences } from './sentences.ts'

/** A word of a message that may refer to something that the context does not show. */
export interface Reference {
  /** As it is looked for, in lower case. */
  readonly term: string
  /** `identifier`: nobody says it by chance; `cued`: said to have been spoken of; `word`: any other. */
  readonly kind: 'identifier' | 'cued' | 'word'
  /** How much it tells: 2 for identifiers and names, 1 for a plain word. */
  readonly weight: number
}

/** Longest beginning of a message that is read, and most references taken from it. */
const MAX_READ_LENGTH = 8_000
const MAX_REFERENCES = 24

/** A person says that something was spoken of before. */
const CUES: readonly RegExp[] = [
  /\b(?:as (?:we|i|you) (?:said|discussed|agreed|decided|mentioned|planned|noted)|(?:we|you|i) (?:(?:had|have|already|also|just) )?(?:talked|spoke|discussed|agreed|decided|mentioned|settled) (?:about|on|that|to)|like (?:last time|before|earlier)|(?:from|in|at) the (?:beginning|start)\b|earlier\b|remember (?:the|that|when|how|what)|back to (?:the|our)|the (?:earlier|previous|original) \w+)/i,
  /(?<!\p{L})(?:wie (?:besprochen|gesagt|vereinbart|vorhin|anfangs|oben)|vorhin|erinnerst du dich|am anfang|zurück zu|(?:haben|hatten) wir .{0,40}(?:besprochen|gesagt|vereinbart|beschlossen))(?!\p{L})/iu,
  /(?<!\p{L})(?:comme (?:convenu|dit|discuté|prévu)|tout à l['’]heure|au début|rappelle-toi|como (?:dijimos|acordamos|hablamos|quedamos)|recuerda(?:s)? (?:el|la|lo|que)|al principio|como (?:combinamos|falamos)|come (?:detto|concordato)|all['’]inizio)(?!\p{L})/iu,
  /(?:как (?:мы )?(?:говорили|договорились|обсуждали|решили)|помнишь|в начале|之前(?:说|提|讨论)|刚才(?:说|提)|像(?:之前|上次)|还记得|(?:さっき|前に|先ほど)(?:言っ|話し|決め)|覚えて)/iu,
]

/** The words of the cues themselves tell nothing of what is meant. */
const CUE_WORDS: ReadonlySet<string> = new Set(
  CUES.flatMap(({ source }) => source.replace(/\\\w/g, ' ').match(/\p{L}+/gu) ?? []),
)

/** Most words that are looked up in the context. */
const MAX_LOOKUPS = 200

/**
 * What a user's message may refer to that the context does not show: identifiers, names, and words, told apart
 * from those that stand in the context. Whether anything stored is meant has to be looked up.
 *
 * Pure and total; linear in both texts.
 *
 * @param text - What the user says.
 * @param context - All that the model can read besides.
 * @see SPEC.md rule AUTO1
 */
export function findReferences(text: string, context: string): readonly Reference[] {
  const read = text.slice(0, MAX_READ_LENGTH)
  const held = context.toLowerCase()
  const found = new Map<string, Reference>()
  let lookups = 0
  const add = (word: string, kind: Reference['kind'], weight: number): void => {
    const term = word.toLowerCase()
    if (found.size >= MAX_REFERENCES || lookups >= MAX_LOOKUPS || found.has(term)) return
    lookups += 1
    if (held.includes(term)) return
    found.set(term, { term, kind, weight })
  }
  for (const identifier of findIdentifiers(read, MAX_REFERENCES)) add(identifier, 'identifier', 2)
  const sentences = splitSentences(read)
  const names = new Set(sentences.flatMap(namesOf))
  // What stands within an identifier is that identifier, not a word of its own.
  const isPart = (word: string): boolean =>
    [...found.values()].some(({ kind, term }) => kind === 'identifier' && term.includes(word))
  for (const isCuedOnly of [true, false]) {
    for (const sentence of sentences) {
      const isCued = CUES.some((cue) => cue.test(sentence.slice(0, 1_000)))
      if (isCuedOnly !== isCued) continue
      for (const word of tellingWords(sentence)) {
        if (!isPart(word) && !(isCued && CUE_WORDS.has(word)))
          add(word, isCued ? 'cued' : 'word', names.has(word) ? 2 : 1)
      }
    }
  }
  return [...found.values()]
}

/** Capitalised words that do not begin the sentence, in lower case. */
function namesOf(sentence: string): readonly string[] {
  const words = sentence.match(/[\p{L}\p{N}][\p{L}\p{N}_-]*/gu) ?? []
  return words
    .slice(1)
    .filter((word) => /^\p{Lu}\p{Ll}/u.test(word))
    .map((word) => word.toLowerCase())
}
