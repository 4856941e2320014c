/** Reasons that the engine gives as codes, in words. */
const REASONS: Readonly<Record<string, string>> = {
  'nothing-new': 'nothing new to cover',
  'retained-tail-covers-all': 'everything lies in the retained tail, which no cut may cover',
  'too-little-to-gain': 'too little to gain',
  'open-exchange': 'a tool call still waits for its result, so there is no legal cut',
  'no-session': 'the session is gone',
  'no-candidate': 'there is no candidate',
  'older-epoch': 'another tab has taken over the lease',
  'head-moved': 'the head generation changed meanwhile',
  'branch-changed': 'the session was branched meanwhile',
  'covered-part-changed': 'the covered part changed meanwhile',
  'pin-covered': 'it would cover a message that is pinned now',
  'pin-taken-off': 'it leaves out a message that is not pinned any more',
  'too-old': 'the candidate is too old',
  'unknown-format': 'its format is not known',
  'server-state': 'the server holds the history',
  auxiliary: 'a title or the like, and no turn of the conversation',
  'nothing-folded': 'nothing is folded yet',
  'inexact-numbers': 'numbers in it would be changed by being read',
  unconfirmed: 'the conversation is not known well enough yet',
  'taken-back': 'what is folded was taken back on the page',
  'not-rescued': 'folding could not make it any shorter',
  failed: 'something went wrong, or took too long',
}

/**
 * A reason for people. What is no known code is shown as it is: the engine also gives sentences.
 *
 * @see SPEC.md rule APP36
 */
export function reasonText(reason: string): string {
  return REASONS[reason] ?? reason
}
