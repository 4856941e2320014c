import type { SiteDom } from '../dom/site-layer.ts'

/** What stands in an answer and is none of it. */
const REASONING = '[data-testid="thinking-block"]'

/** Another site has the same name for it, inside of what it calls a response. */
const USER = '[data-testid="user-message"]:not([id^="response-"] *)'

/** How Claude draws its chats: no layout has ids, so that what is kept comes from its responses. */
export const CLAUDE_DOM: SiteDom = {
  layers: [
    {
      // Since 2026-08; the class `font-claude-message` went then.
      name: 'canonical',
      hasIds: false,
      turns: [
        { selector: USER, role: 'user', ids: [], body: [] },
        {
          selector: '.font-claude-response:not(.font-claude-response *)',
          role: 'assistant',
          ids: [],
          body: ['.standard-markdown', '.progressive-markdown'],
          reasoning: REASONING,
        },
      ],
    },
    {
      // 2024 to 2026-07: each turn counts how often it was drawn.
      name: '2025-01',
      hasIds: false,
      turns: [
        { selector: USER, role: 'user', ids: [], body: [] },
        {
          selector: '[data-test-render-count] .font-claude-message',
          role: 'assistant',
          ids: [],
          body: [],
          reasoning: REASONING,
        },
      ],
    },
    {
      // Both: whether it is being written is said of answers only.
      name: '2024-03',
      hasIds: false,
      turns: [
        { selector: USER, role: 'user', ids: [], body: [] },
        { selector: '[data-is-streaming]', role: 'assistant', ids: [], body: [] },
      ],
    },
  ],
  generating: ['[data-is-streaming="true"]'],
  temporary: ['[data-testid="incognito-chat-header"]'],
  leaveOut: ['[data-testid="citation"]'],
}
