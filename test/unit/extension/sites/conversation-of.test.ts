import { expect, test } from 'vitest'
import { conversationOf } from '../../../../extension/sites/conversation-of.ts'
import { readSiteResponse } from '../../../../extension/sites/read-site-response.ts'
import { SITES } from '../../../../extension/sites/sites.ts'
import { SITE_IDS, type SiteId } from '../../../../extension/sites/site.ts'
import { observe, RESPONSES } from './read-fixture.ts'

test.each<readonly [SiteId, string, string | null]>([
  ['chatgpt', '/c/6a0e-1', '6a0e-1'],
  ['chatgpt', '/g/g-abc-carpenter/c/6a0e-1?model=gpt-5', '6a0e-1'],
  ['chatgpt', '/', null],
  ['chatgpt', '/share/6a0e-1', null],
  ['chatgpt', '/gpts', null],
  ['claude', '/chat/0b5e-1', '0b5e-1'],
  ['claude', '/new', null],
  ['claude', '/project/0b5e-1', null],
  ['gemini', '/app/aa11', 'aa11'],
  ['gemini', '/u/2/app/aa11', 'aa11'],
  ['gemini', '/gem/coach/aa11', 'aa11'],
  ['gemini', '/app', null],
  ['gemini', '/gem/coach', null],
  ['deepseek', '/a/chat/s/d5e0-1', 'd5e0-1'],
  ['deepseek', '/', null],
  ['grok', '/c/9a0c-1', '9a0c-1'],
  ['grok', '/chat/9a0c-1', '9a0c-1'],
  ['grok', '/project/77?chat=9a0c-1', '9a0c-1'],
  ['grok', '/', null],
  ['perplexity', '/search/which-moss-is-soft-Ab1.cD', 'which-moss-is-soft-Ab1.cD'],
  ['perplexity', '/search/new', null],
  ['perplexity', '/discover', null],
])('[SITE12] %s at %s', (site, path, conversation) => {
  const place = { conversation, isTemporary: false }
  expect(conversationOf(site, `https://chat.example${path}`)).toEqual(place)
  expect(conversationOf(site, `http://127.0.0.1:9${path}`)).toEqual(place)
})

test('[SITE12] what is no address has no conversation', () => {
  for (const url of [
    '',
    'c/1',
    'x'.repeat(100_000),
    'https://[',
    `https://a.b/c/${'1'.repeat(500)}`,
  ]) {
    for (const site of SITE_IDS) {
      expect(conversationOf(site, url)).toEqual({ conversation: null, isTemporary: false })
    }
  }
})

test.each<readonly [SiteId, string, boolean]>([
  ['chatgpt', '/?temporary-chat=true', true],
  ['chatgpt', '/c/6a0e-1?temporary-chat=false', false],
  ['chatgpt', '/?model=gpt-5&temporary-chat=true', true],
  ['claude', '/new?incognito', true],
  ['claude', '/new?incognito=false', false],
  ['grok', '/#private', true],
  ['grok', '/c/9a0c-1', false],
  ['deepseek', '/a/chat/s/1?temporary-chat=true', false],
])('[SITE11] %s at %s is temporary: %s', (site, path, isTemporary) => {
  expect(conversationOf(site, `https://chat.example${path}`).isTemporary).toBe(isTemporary)
})

test('[SITE11] what the site itself does not keep is not captured', () => {
  const given = (site: string, fixture: string) => {
    const found = RESPONSES[site]?.find((one) => one.fixture === `${site}/${fixture}`)
    if (!found) throw new Error(`no fixture ${fixture}`)
    return observe(found)
  }
  const field = (text: string | undefined, name: string, value: unknown): string =>
    JSON.stringify({ ...(JSON.parse(text ?? '{}') as object), [name]: value })
  const temporary = [
    ['chatgpt', 'conversation.json', 'text', 'is_temporary_chat', true],
    ['chatgpt', 'answer-v1.txt', 'request', 'history_and_training_disabled', true],
    ['claude', 'conversation.json', 'text', 'is_temporary', true],
    ['claude', 'answer.txt', 'request', 'create_conversation_params', { is_temporary: true }],
    ['grok', 'load-responses.json', 'text', 'conversation', { temporary: true }],
    ['grok', 'answer-next.txt', 'request', 'temporary', true],
    ['perplexity', 'answer.txt', 'request', 'params', { is_incognito: true }],
  ] as const
  for (const [site, fixture, where, name, value] of temporary) {
    const observed = given(site, fixture)
    expect(readSiteResponse(observed).length, fixture).toBe(1)
    const changed = { ...observed, [where]: field(observed[where], name, value) }
    expect(readSiteResponse(changed), fixture).toEqual([])
  }
})

test('[SITE13] every site has its facts', () => {
  const hosts = SITE_IDS.flatMap((site) => SITES[site].hosts)
  expect(new Set(hosts).size).toBe(hosts.length)
  for (const site of SITE_IDS) {
    const { id, name, composer, newChatUrl, windows, overheadTokens } = SITES[site]
    expect(id).toBe(site)
    expect(name.length).toBeGreaterThan(2)
    expect(composer.length).toBeGreaterThan(0)
    expect(SITES[site].hosts).toContain(new URL(newChatUrl).hostname)
    expect(conversationOf(site, newChatUrl)).toEqual({ conversation: null, isTemporary: false })
    expect(windows['']).toBeGreaterThan(1_000)
    expect(overheadTokens).toBeGreaterThan(0)
    expect(Object.values(windows).every((tokens) => tokens > 1_000)).toBe(true)
  }
})
