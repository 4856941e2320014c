import type { SiteFacts } from '../site.ts'

/** ChatGPT. Composer: ProseMirror since 2024-11, the same id before. */
export const CHATGPT: SiteFacts = {
  id: 'chatgpt',
  name: 'ChatGPT',
  hosts: ['chatgpt.com', 'chat.openai.com'],
  newChatUrl: 'https://chatgpt.com/',
  composer: ['#prompt-textarea', '[data-composer-surface] [contenteditable="true"]'],
  // Instructions, tools and memory, as measured by others on the web app (2026).
  overheadTokens: 4_000,
  // Windows of the web app's paid plans where they are published; smaller than those of the API.
  windows: {
    'gpt-3.5': 16_385,
    'gpt-4': 32_768,
    'gpt-4o': 32_768,
    'gpt-4.1': 32_768,
    'gpt-5': 32_768,
    'gpt-5-thinking': 196_608,
    'gpt-5-1-thinking': 196_608,
    'gpt-5-2-thinking': 196_608,
    thinking: 196_608,
    o1: 128_000,
    o3: 128_000,
    'o4-mini': 128_000,
    '': 32_768,
  },
}
