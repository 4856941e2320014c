/** Longest wait for anything on a page, in milliseconds: machines that test are busy, and what never comes ends its test soon after. */
export const PATIENCE_MS = 110_000
