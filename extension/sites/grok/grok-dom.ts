import type { IdRule, SiteDom } from '../dom/site-layer.ts'

const ID: IdRule = {
  where: 'around',
  attribute: 'id',
  pattern: /^response-([0-9a-f]{8}-[0-9a-f-]{27})$/i,
}

/** How Grok draws its chats. */
export const GROK_DOM: SiteDom = {
  layers: [
    {
      // 2026.
      name: 'canonical',
      hasIds: true,
      turns: [
        {
          selector: '[id^="response-"] [data-testid="user-message"]',
          role: 'user',
          ids: [ID],
          body: ['.response-content-markdown'],
        },
        {
          selector: '[id^="response-"] [data-testid="assistant-message"]',
          role: 'assistant',
          ids: [ID],
          body: ['.response-content-markdown'],
          reasoning: '.thinking-container',
        },
      ],
    },
    {
      // 2025: sides of the page say whose a turn is.
      name: '2025-03',
      hasIds: true,
      turns: [
        {
          selector: '[id^="response-"].items-end',
          role: 'user',
          ids: [{ ...ID, where: 'self' }],
          body: ['.message-bubble'],
        },
        {
          selector: '[id^="response-"].items-start',
          role: 'assistant',
          ids: [{ ...ID, where: 'self' }],
          body: ['.response-content-markdown', '.message-bubble'],
          reasoning: '.thinking-container',
        },
        {
          selector: '[id^="response-"]:not(.items-start,.items-end)',
          role: null,
          ids: [{ ...ID, where: 'self' }],
          body: ['.response-content-markdown', '.message-bubble'],
        },
      ],
    },
    {
      // Either: bubbles alone, without ids.
      name: '2025-01',
      hasIds: false,
      turns: [
        { selector: '.items-end .message-bubble', role: 'user', ids: [], body: [] },
        { selector: '.items-start .message-bubble', role: 'assistant', ids: [], body: [] },
      ],
    },
  ],
  generating: ['[data-testid="stop-button"]', 'button[aria-label="Stop model response"]'],
  temporary: ['[data-testid="private-chat-banner"]'],
  leaveOut: ['.action-buttons', '.citation'],
}
