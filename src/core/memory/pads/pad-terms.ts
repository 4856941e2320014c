import { scanTerms } from '../recall/scan-terms.ts'
import { PAD_BOUNDS } from './pad.ts'

/** Longest text read for terms, in UTF-16 code units. */
const MAX_LENGTH = 2_000

/** Words that requests have in common, whatever they ask for. */
const COMMON: ReadonlySet<string> = new Set(
  (
    'the and for with that this then also from into onto have has had was were are not but all any can could would ' +
    'should will shall may please now next again just like want need make sure let lets use using our your you its ' +
    'there here what when where which who how why one two did does done been being them they their out off per via ' +
    'bitte und oder der die das den dem ein eine einen mit von für auf aus bei nach kannst könntest dass nun jetzt ' +
    'les des une pour avec dans sur peux pouvez los las una para con por del puedes per che con uno'
  ).split(' '),
)

/**
 * The words that tell what a request is about, in lower case; scripts without spaces in pairs of characters.
 *
 * @param without - Texts whose words do not count: values that differ from run to run.
 * @see SPEC.md rule PAD9
 */
export function padTerms(text: string, without: readonly string[] = []): readonly string[] {
  const left = new Set<string>()
  for (const value of without) scanTerms(value.slice(0, MAX_LENGTH), (term) => left.add(term))
  const terms = new Set<string>()
  scanTerms(text.slice(0, MAX_LENGTH), (term, kind) => {
    if (kind === 'part' || terms.size >= PAD_BOUNDS.terms) return
    const isWord = kind === 'gram' || (term.length >= 3 && !/^[\d.,:%-]+$/.test(term))
    if (isWord && !COMMON.has(term) && !left.has(term)) terms.add(term)
  })
  return [...terms]
}

/** Fewer terms than this tell hardly anything: two that share one word are not alike. */
const LEAST_TERMS = 3

/** Share of the terms of the shorter list that both have, 0 to 1. */
export function shareOfTerms(one: readonly string[], other: readonly string[]): number {
  if (one.length === 0 || other.length === 0) return 0
  const known = new Set(other)
  const shared = one.filter((term) => known.has(term)).length
  return shared / Math.max(LEAST_TERMS, Math.min(one.length, other.length))
}
