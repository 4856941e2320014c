import type { IdRule, SiteDom, SiteLayer } from '../dom/site-layer.ts'

/** A message's id is a UUID; what the page makes up until it has one is none. */
const UUID = /^([0-9a-f]{8}-[0-9a-f-]{27})$/i

/** Ids between spaces: the last is the reply itself, those before it are steps of it. */
const LAST_UUID = /(?:^|\s)([0-9a-f]{8}-[0-9a-f-]{27})\s*$/i

/** Seen in several independent public adapters, 2026-09-29 to 2026-10. */
const UNIT_IDS: readonly IdRule[] = [
  { where: 'self', attribute: 'data-chatgpt-search-message-ids', pattern: LAST_UUID },
  { where: 'inside', attribute: 'data-chatgpt-search-message-ids', pattern: LAST_UUID },
  { where: 'inside', attribute: 'data-chatgpt-selection-message-id', pattern: UUID },
  { where: 'around', attribute: 'data-chatgpt-search-message-ids', pattern: LAST_UUID },
]

const MESSAGE_ID: IdRule = { where: 'self', attribute: 'data-message-id', pattern: UUID }

/** The layouts in which a message says itself whose it is; only what is around it has changed. */
function roleLayer(name: string, around: string, group: string): SiteLayer {
  return {
    name,
    group,
    hasIds: true,
    turns: [
      {
        selector: `${around}[data-message-author-role="user"]`,
        role: 'user',
        ids: [MESSAGE_ID],
        body: ['.whitespace-pre-wrap'],
      },
      {
        selector: `${around}[data-message-author-role="assistant"]`,
        role: 'assistant',
        ids: [MESSAGE_ID],
        body: ['.markdown'],
      },
    ],
    first: '[data-testid="conversation-turn-0"],[data-testid="conversation-turn-1"]',
  }
}

/** How ChatGPT draws its chats. @see facts of each layer beside it. */
export const CHATGPT_DOM: SiteDom = {
  layers: [
    {
      // Since 2026-10.
      name: 'canonical',
      hasIds: true,
      turns: [
        {
          selector: '[data-content-search-unit-key$=":user"]',
          role: 'user',
          ids: [...UNIT_IDS, { where: 'around', attribute: 'data-turn-key', pattern: UUID }],
          body: ['[data-user-message-bubble]'],
        },
        {
          selector: '[data-content-search-unit-key$=":assistant"]',
          role: 'assistant',
          ids: UNIT_IDS,
          body: ['[data-markdown-text-style="assistant-message"]'],
        },
      ],
    },
    // 2026-03 to 2026-09: sections.
    roleLayer(
      '2026-03',
      'section[data-turn-id] ',
      'section[data-turn-id],section[data-testid^="conversation-turn"]',
    ),
    // 2025 to 2026-02: articles.
    roleLayer(
      '2025-01',
      'article[data-testid^="conversation-turn"] ',
      'article[data-testid^="conversation-turn"]',
    ),
    // 2024: whatever is around.
    roleLayer('2024-01', '', '[data-testid^="conversation-turn"]'),
  ],
  generating: [
    'button[data-testid="stop-button"]',
    '[data-testid="composer-stop-button"]',
    '.result-streaming',
  ],
  // The chat that is not kept says so in its address as well.
  temporary: ['[data-testid="temporary-chat-label"]'],
  leaveOut: [
    '[data-testid="webpage-citation-pill"]',
    '[data-testid="citation-pill"]',
    '.turn-action-controls',
    'h4[data-conversation-role]',
  ],
}
