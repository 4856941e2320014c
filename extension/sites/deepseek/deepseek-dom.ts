import type { IdRule, SiteDom } from '../dom/site-layer.ts'

/** Messages of a conversation are numbered; what is not sent yet has a number below zero, or a name. */
const KEY: IdRule = {
  where: 'around',
  attribute: 'data-virtual-list-item-key',
  pattern: /^(\d{1,9})$/,
}

/** How DeepSeek draws its chats. Hashed classes change with every release, and are not used. */
export const DEEPSEEK_DOM: SiteDom = {
  layers: [
    {
      // 2025-10 to 2026-10.
      name: 'canonical',
      hasIds: true,
      turns: [
        {
          selector:
            '[data-virtual-list-item-key] .ds-message:has(.ds-assistant-message-main-content)',
          role: 'assistant',
          ids: [KEY],
          body: ['.ds-assistant-message-main-content'],
          reasoning: '.ds-think-content',
        },
        {
          selector:
            '[data-virtual-list-item-key] .ds-message:not(:has(.ds-assistant-message-main-content,.ds-think-content,.ds-markdown))',
          role: 'user',
          ids: [KEY],
          body: ['.ds-collapsible-text'],
        },
      ],
      first: '[data-virtual-list-item-key="1"]',
    },
    {
      // 2025: before the main content had a name.
      name: '2025-06',
      hasIds: true,
      turns: [
        {
          selector: '[data-virtual-list-item-key] .ds-message:has(.ds-markdown)',
          role: 'assistant',
          ids: [KEY],
          body: ['.ds-message > .ds-markdown', '.ds-markdown'],
          reasoning: '.ds-think-content',
        },
        {
          selector: '[data-virtual-list-item-key] .ds-message:not(:has(.ds-markdown))',
          role: 'user',
          ids: [KEY],
          body: [],
        },
      ],
      first: '[data-virtual-list-item-key="1"]',
    },
    {
      // Tried out since 2026-10 beside the newest: rows without keys, that do not say whose they are.
      name: '2026-10',
      hasIds: false,
      turns: [
        {
          selector: '.ds-virtual-list-visible-items > :has(.ds-markdown)',
          role: 'assistant',
          ids: [],
          body: ['.ds-markdown'],
        },
        {
          selector: '.ds-virtual-list-visible-items > :not(:has(.ds-markdown))',
          role: null,
          ids: [],
          body: [],
        },
      ],
    },
  ],
  // Its button to stop says so in no stable way: the newest answer is waited for until it rests.
  generating: ['[data-testid="stop-button"]'],
  temporary: [],
  leaveOut: ['.md-code-block-banner-wrap', '.ds-markdown-cite', '.ds-flex:has(> .ds-icon-button)'],
}
