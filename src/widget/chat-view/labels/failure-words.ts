import type { ChatFailure } from '../../chat/chat.ts'
import type { FailureCode } from '../../chat/failure-code.ts'

/** What happened, and what to do about it. */
export type FailureWords = readonly [title: string, advice: string]

/** Words for every failure, given what it tells of. */
export type FailureTable = Readonly<Record<FailureCode, (about: string) => FailureWords>>

/** The words of a table; those that a failure brings where its kind is not known. @see SPEC.md rule VIEW15 */
export function failureWords(table: FailureTable): (failure: ChatFailure) => FailureWords {
  return (failure) => {
    const { code, about = '' } = failure
    return code === undefined ? ownWords(failure) : table[code](about)
  }
}

export function ownWords({ title, advice }: ChatFailure): FailureWords {
  return [title, advice]
}
