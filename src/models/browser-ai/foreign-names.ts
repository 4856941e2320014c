/** Names that the browser's own summariser goes by, which are spelled its way. */
export const SUMMARISER_NAMES = {
  /** The global of today. */
  global: 'Summarizer',
  /** Under `ai` in older browsers. */
  older: 'summarizer',
  ask: 'summarize',
  stream: 'summarizeStreaming',
} as const
