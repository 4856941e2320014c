/** What stands behind an answer that is not whole, for people and for the model that reads it again. */
export const CUT_MARKS: Readonly<Record<'stopped' | 'failed', string>> = {
  stopped: '[The answer was stopped here.]',
  failed: '[The answer broke off here.]',
}
