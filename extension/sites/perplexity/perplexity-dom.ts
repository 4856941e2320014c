import type { SiteDom } from '../dom/site-layer.ts'

/** How Perplexity draws its threads: no layout has ids since 2026-08, when `#markdown-content-N` went. */
export const PERPLEXITY_DOM: SiteDom = {
  layers: [
    {
      // Since 2026-08.
      name: 'canonical',
      hasIds: false,
      turns: [
        {
          selector: '[class~="group/query"]',
          role: 'user',
          ids: [],
          body: ['span.select-text', '.select-text'],
        },
        { selector: '.prose[data-renderer="lm"]', role: 'assistant', ids: [], body: [] },
      ],
    },
    {
      // 2025 to 2026-07. The number is a place on the page, and no id.
      name: '2025-01',
      hasIds: false,
      turns: [
        { selector: '[class~="group/query"]', role: 'user', ids: [], body: ['.select-text'] },
        { selector: '[id^="markdown-content-"]', role: 'assistant', ids: [], body: ['.prose'] },
      ],
    },
  ],
  generating: ['[data-testid="stop-generating-response-button"]'],
  temporary: ['[data-testid="incognito-banner"]'],
  leaveOut: ['[data-pplx-citation-url]', '.citation', 'a.citation-link'],
}
