import type { IdRule, SiteDom } from '../dom/site-layer.ts'

/**
 * The id of an answer is on its content (2025 to 2026-10). The id of the container around both is another one, and
 * stands for nothing that a response says.
 */
const PATTERN = /^message-content-id-(r_[0-9a-f]{1,64})$/i

const ANSWER: IdRule = { where: 'inside', attribute: 'id', pattern: PATTERN }

/** How Gemini draws its chats: elements of its own, whose names say whose a turn is. */
export const GEMINI_DOM: SiteDom = {
  layers: [
    {
      // 2025 to 2026-10.
      name: 'canonical',
      hasIds: true,
      turns: [
        {
          selector: '.conversation-container user-query',
          role: 'user',
          ids: [{ ...ANSWER, where: 'around', suffix: '#query' }],
          body: ['.query-text-line', '.query-text'],
        },
        {
          selector: '.conversation-container model-response',
          role: 'assistant',
          ids: [ANSWER],
          body: ['message-content .markdown-main-panel', '.markdown'],
          reasoning: 'model-thoughts,.thoughts-container',
        },
      ],
    },
    {
      // 2024: without containers.
      name: '2024-02',
      hasIds: true,
      turns: [
        {
          selector: 'user-query',
          role: 'user',
          ids: [],
          body: ['.query-text-line', '.query-text'],
        },
        {
          selector: 'model-response',
          role: 'assistant',
          ids: [ANSWER],
          body: ['.markdown'],
        },
      ],
    },
  ],
  generating: [
    '.send-button.stop',
    '[data-test-id="stop-icon-button"]',
    'mat-icon[data-mat-icon-name="stop"]',
  ],
  temporary: ['.temp-chat-on', 'chat-window.temporary-chat', '[data-test-id="temp-chat-banner"]'],
  leaveOut: [
    'source-footnote',
    'sources-carousel-inline',
    '.code-block-decoration',
    'message-actions',
  ],
}
