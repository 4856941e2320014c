import type { SiteFacts } from '../site.ts'

/** Perplexity. Composer: Lexical, or a textarea. */
export const PERPLEXITY: SiteFacts = {
  id: 'perplexity',
  name: 'Perplexity',
  hosts: ['perplexity.ai', 'www.perplexity.ai'],
  newChatUrl: 'https://www.perplexity.ai/',
  composer: ['#ask-input', '[data-lexical-editor="true"][contenteditable="true"]'],
  // What is found on the web fills most of it, and changes with each question.
  overheadTokens: 3_000,
  windows: { '': 32_768 },
}
