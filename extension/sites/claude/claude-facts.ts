import type { SiteFacts } from '../site.ts'

/** Claude. Composer: ProseMirror; the test id since 2026-03. */
export const CLAUDE: SiteFacts = {
  id: 'claude',
  name: 'Claude',
  hosts: ['claude.ai'],
  newChatUrl: 'https://claude.ai/new',
  composer: [
    '[data-testid="chat-input"][contenteditable="true"]',
    '[data-testid="chat-input"] [contenteditable="true"]',
    'div.ProseMirror[contenteditable="true"]',
  ],
  // System prompt and built-in tools of the web app, published in part by Anthropic.
  overheadTokens: 14_000,
  windows: { claude: 200_000, '': 200_000 },
}
