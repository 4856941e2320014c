import type { SiteFacts } from '../site.ts'

/** Grok. Composer: a textarea, or TipTap since 2025-10. */
export const GROK: SiteFacts = {
  id: 'grok',
  name: 'Grok',
  hosts: ['grok.com'],
  newChatUrl: 'https://grok.com/',
  composer: ['form .ProseMirror[contenteditable="true"]', 'textarea[aria-label]', 'form textarea'],
  overheadTokens: 2_000,
  windows: { 'grok-3': 128_000, 'grok-4': 128_000, '': 128_000 },
}
