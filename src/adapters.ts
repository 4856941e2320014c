/** Published as `backfold/adapters`: host formats to messages and back, and files of sessions. */
export { toAnthropic } from './adapters/anthropic.ts'
export type { AnthropicRequest } from './adapters/anthropic.ts'
export { toDraft, toDrafts } from './adapters/message-input.ts'
export { toOpenAi } from './adapters/openai.ts'
export { toPlain } from './adapters/plain.ts'
export type { PlainMessage } from './adapters/plain.ts'
export { parseSessionFile } from './adapters/session-file.ts'
export type { SessionFile } from './adapters/session-file.ts'
