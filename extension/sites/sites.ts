import { CHATGPT } from './chatgpt/chatgpt-facts.ts'
import { CLAUDE } from './claude/claude-facts.ts'
import { DEEPSEEK } from './deepseek/deepseek-facts.ts'
import { GEMINI } from './gemini/gemini-facts.ts'
import { GROK } from './grok/grok-facts.ts'
import { PERPLEXITY } from './perplexity/perplexity-facts.ts'
import type { SiteFacts, SiteId } from './site.ts'

/** What is known of each site, as data. */
export const SITES: Readonly<Record<SiteId, SiteFacts>> = {
  chatgpt: CHATGPT,
  claude: CLAUDE,
  gemini: GEMINI,
  deepseek: DEEPSEEK,
  grok: GROK,
  perplexity: PERPLEXITY,
}
