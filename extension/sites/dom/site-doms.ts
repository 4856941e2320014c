import { CHATGPT_DOM } from '../chatgpt/chatgpt-dom.ts'
import { CLAUDE_DOM } from '../claude/claude-dom.ts'
import { DEEPSEEK_DOM } from '../deepseek/deepseek-dom.ts'
import { GEMINI_DOM } from '../gemini/gemini-dom.ts'
import { GROK_DOM } from '../grok/grok-dom.ts'
import { PERPLEXITY_DOM } from '../perplexity/perplexity-dom.ts'
import type { SiteId } from '../site.ts'
import type { SiteDom } from './site-layer.ts'

/** How each site draws its chats. */
export const SITE_DOMS: Readonly<Record<SiteId, SiteDom>> = {
  chatgpt: CHATGPT_DOM,
  claude: CLAUDE_DOM,
  gemini: GEMINI_DOM,
  deepseek: DEEPSEEK_DOM,
  grok: GROK_DOM,
  perplexity: PERPLEXITY_DOM,
}
