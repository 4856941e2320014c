import type { SiteFacts } from '../site.ts'

/** DeepSeek. Composer: a textarea of React; its id went in 2025. */
export const DEEPSEEK: SiteFacts = {
  id: 'deepseek',
  name: 'DeepSeek',
  hosts: ['chat.deepseek.com'],
  newChatUrl: 'https://chat.deepseek.com/',
  // The name of the product is the same in every language of the page.
  composer: ['textarea[placeholder*="DeepSeek"]', 'textarea'],
  overheadTokens: 500,
  windows: { '': 128_000 },
}
