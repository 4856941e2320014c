/**
 * What must be kept to the letter because nobody can guess it again: URLs, paths, file names, hashes,
 * ticket numbers, versions, code symbols.
 */
const IDENTIFIER =
  /https?:\/\/[^\s"'<>`)\]}“”„«»…]{4,200}|(?:[\w@~.-]{1,128}\/){1,32}[\w@.-]{1,128}\w|\b[\w-]{1,100}\.(?:[cm]?[jt]sx?|json|jsonl|md|py|rs|go|java|rb|php|css|html?|ya?ml|toml|sh|sql|txt|csv|lock|xml|svg|png)\b|\b[0-9a-f]{7,40}\b|\b[A-Z][A-Z0-9]+-\d+\b|#\d{2,7}\b|\bv?\d+\.\d+\.\d+[\w.-]*|\b[a-z]{1,64}(?:[A-Z][a-z0-9]{1,64}){1,16}\b|\b[A-Za-z]{1,64}(?:_[A-Za-z0-9]{1,64}){1,16}\b/g

/** A longer run of such characters is data, and would be tried from each of them anew. */
const DATA = /[\w@~.-]{257,}/g

const TRAILING = /[.,;:!?]+$/

/** Distinct identifiers of a text, in the order of their first appearance, at most `most` of them. */
export function findIdentifiers(text: string, most: number = 64): readonly string[] {
  const found = new Set<string>()
  for (const match of text.replace(DATA, ' ').matchAll(IDENTIFIER)) {
    const identifier = match[0].replace(TRAILING, '')
    if (identifier.length < 4 || !/[A-Za-z]/.test(identifier)) continue
    found.add(identifier)
    if (found.size >= most) break
  }
  return [...found]
}
