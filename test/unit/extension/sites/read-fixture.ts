import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { readSiteResponse } from '../../../../extension/sites/read-site-response.ts'
import type { Captured, ObservedResponse } from '../../../../extension/sites/site.ts'

/** The text of a fixture: what a site said, made after what is known of its shape. */
export function readFixture(path: string): string {
  return readFileSync(join(import.meta.dirname, 'fixtures', path), 'utf8')
}

/** A response of a site, as its page got it. */
export interface FixtureResponse {
  readonly path: string
  readonly method?: string
  readonly fixture: string
  readonly request?: string
}

/** As it is observed on a host; any host may have it. */
export function observe(
  { path, method = 'GET', fixture, request }: FixtureResponse,
  origin = 'https://chat.example',
): ObservedResponse {
  return {
    url: `${origin}${path}`,
    method,
    text: readFixture(fixture),
    ...(request === undefined ? {} : { request: readFixture(request) }),
  }
}

/** All that is captured of a fixture. */
export function capture(response: FixtureResponse): readonly Captured[] {
  return readSiteResponse(observe(response))
}

const C = '6a0e0000-0000-4000-8000-000000000001'
const CLAUDE = '/api/organizations/0a/chat_conversations/0b5e0000-0000-4000-8000-000000000900'
const GROK = '/rest/app-chat/conversations'

/** Every response that the fixtures hold, by site. */
export const RESPONSES: Readonly<Record<string, readonly FixtureResponse[]>> = {
  chatgpt: [
    { path: `/backend-api/conversation/${C}`, fixture: 'chatgpt/conversation.json' },
    {
      path: '/backend-api/f/conversation',
      method: 'POST',
      fixture: 'chatgpt/answer-v1.txt',
      request: 'chatgpt/answer-request.json',
    },
    {
      path: '/backend-api/conversation',
      method: 'POST',
      fixture: 'chatgpt/answer-whole.txt',
      request: 'chatgpt/answer-request.json',
    },
  ],
  claude: [
    {
      path: `${CLAUDE}?tree=True&rendering_mode=messages&render_all_tools=true`,
      fixture: 'claude/conversation.json',
    },
    {
      path: `${CLAUDE}/completion`,
      method: 'POST',
      fixture: 'claude/answer.txt',
      request: 'claude/answer-request.json',
    },
  ],
  deepseek: [
    {
      path: '/api/v0/chat/history_messages?chat_session_id=d5e00000-0000-4000-8000-000000000001',
      fixture: 'deepseek/conversation-2026.json',
    },
    {
      path: '/api/v0/chat/history_messages?chat_session_id=d5e00000-0000-4000-8000-000000000001',
      fixture: 'deepseek/conversation-2025.json',
    },
    {
      path: '/api/v0/chat/completion',
      method: 'POST',
      fixture: 'deepseek/answer-fragments.txt',
      request: 'deepseek/answer-request.json',
    },
    {
      path: '/api/v0/chat/completion',
      method: 'POST',
      fixture: 'deepseek/answer-fields.txt',
      request: 'deepseek/answer-request.json',
    },
  ],
  grok: [
    {
      path: `${GROK}/9a0c0000-0000-4000-8000-000000000001/load-responses`,
      method: 'POST',
      fixture: 'grok/load-responses.json',
    },
    { path: `${GROK}/new`, method: 'POST', fixture: 'grok/answer-new.txt' },
    {
      path: `${GROK}/9a0c0000-0000-4000-8000-000000000001/responses`,
      method: 'POST',
      fixture: 'grok/answer-next.txt',
    },
  ],
  perplexity: [
    {
      path: '/rest/thread/which-moss-is-soft-Ab1.cD?with_schematized_response=true&version=2.18&source=default&limit=10&offset=0',
      fixture: 'perplexity/thread.json',
    },
    { path: '/rest/thread/moss-Ab1?limit=1', fixture: 'perplexity/thread-2025.json' },
    {
      path: '/rest/sse/perplexity_ask',
      method: 'POST',
      fixture: 'perplexity/answer.txt',
      request: 'perplexity/answer-request.json',
    },
  ],
  gemini: [
    {
      path: '/_/BardChatUi/data/batchexecute?rpcids=hNvQHb&source-path=%2Fapp%2Faa11&hl=fr&rt=c',
      method: 'POST',
      fixture: 'gemini/history.txt',
    },
    {
      path: '/_/BardChatUi/data/batchexecute?rpcids=hNvQHb&rt=c',
      method: 'POST',
      fixture: 'gemini/history-page.txt',
    },
    {
      path: '/_/BardChatUi/data/assistant.lamda.BardFrontendService/StreamGenerate?bl=x&rt=c',
      method: 'POST',
      fixture: 'gemini/answer.txt',
      request: 'gemini/answer-request.txt',
    },
  ],
}
