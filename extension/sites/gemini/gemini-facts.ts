import type { SiteFacts } from '../site.ts'

/** Gemini. Composer: Quill. */
export const GEMINI: SiteFacts = {
  id: 'gemini',
  name: 'Gemini',
  hosts: ['gemini.google.com'],
  newChatUrl: 'https://gemini.google.com/app',
  composer: [
    'rich-textarea .ql-editor[contenteditable="true"]',
    '.ql-editor[contenteditable="true"]',
  ],
  overheadTokens: 3_000,
  // Free accounts have 32k; a person with a paid plan sets what is theirs.
  windows: { pro: 1_000_000, flash: 32_768, '': 32_768 },
}
