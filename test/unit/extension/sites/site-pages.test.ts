import { expect, onTestFinished, test } from 'vitest'
import { readSiteResponse } from '../../../../extension/sites/read-site-response.ts'
import type { Captured } from '../../../../extension/sites/site.ts'
import { serveChatSite, type ChatSite } from '../../../support/site-pages/serve-chat-site.ts'

async function open(kind: ChatSite['kind']): Promise<ChatSite> {
  const site = await serveChatSite({ kind, delay: 0 })
  onTestFinished(() => site.close())
  return site
}

/** What is captured of a request and its response. */
async function capture(url: string, request?: object): Promise<Captured | undefined> {
  const body = request === undefined ? undefined : JSON.stringify(request)
  const method = body === undefined ? 'GET' : 'POST'
  const response = await fetch(url, { method, ...(body === undefined ? {} : { body }) })
  const text = await response.text()
  const given = { url, method, text, ...(body === undefined ? {} : { request: body }) }
  return readSiteResponse(given)[0]
}

const linesOf = (captured: Captured | undefined): readonly string[] =>
  (captured?.turns ?? []).map(({ role, parts }) => {
    const [part] = parts
    return `${role}: ${part?.type === 'text' ? part.text : ''}`
  })

test('[DOM14, SITE2, SITE4] the imitation of ChatGPT speaks the shapes that are read', async () => {
  const site = await open('chatgpt')
  const url = site.seed('Planing', [
    ['oak?', 'slowly'],
    ['ash?', 'gently'],
  ])
  const id = url.split('/').at(-1) ?? ''
  const api = `${site.origin}/backend-api`
  const whole = await capture(`${api}/conversation/${id}`)
  expect(whole).toMatchObject({ kind: 'conversation', site: 'chatgpt', conversation: id })
  expect(linesOf(whole)).toEqual([
    'user: oak?',
    'assistant: slowly',
    'user: ash?',
    'assistant: gently',
  ])
  const content = { content_type: 'text', parts: ['pine?'] }
  const question = { id: crypto.randomUUID(), author: { role: 'user' }, content }
  const leaf = site.trees.get(id)?.leaf
  const asked = {
    action: 'next',
    messages: [question],
    conversation_id: id,
    parent_message_id: leaf,
  }
  const answered = await capture(`${api}/f/conversation`, asked)
  expect(linesOf(answered)).toEqual(['user: pine?', 'assistant: You said: **pine?**'])
  expect(answered?.turns[0]).toMatchObject({ id: question.id, parent: leaf })
  // The same question again is a branch.
  const again = await capture(`${api}/f/conversation`, {
    ...asked,
    action: 'variant',
    parent_message_id: question.id,
  })
  expect(again?.turns[0]?.id).toBe(question.id)
  expect(again?.turns[0]?.parent).toBe(undefined)
  const later = await capture(`${api}/conversation/${id}`)
  expect(later?.turns.filter(({ parent }) => parent === question.id).length).toBe(2)
  expect(
    await fetch(`${site.origin}/backend-api/conversation/none`).then(({ status }) => status),
  ).toBe(404)
  expect(site.requests.length).toBe(5)
})

test('[DOM14, SITE2, SITE5] the imitation of Claude speaks the shapes that are read', async () => {
  const site = await open('claude')
  const id = crypto.randomUUID()
  const api = `${site.origin}/api/organizations/0a/chat_conversations/${id}`
  const ids = {
    human_message_uuid: crypto.randomUUID(),
    assistant_message_uuid: crypto.randomUUID(),
  }
  const asked = {
    prompt: 'tide?',
    parent_message_uuid: '00000000-0000-4000-8000-000000000000',
    turn_message_uuids: ids,
    create_conversation_params: { is_temporary: false },
  }
  const answered = await capture(`${api}/completion`, asked)
  expect(answered).toMatchObject({
    kind: 'turns',
    site: 'claude',
    conversation: id,
    isFromStart: true,
  })
  expect(linesOf(answered)).toEqual(['user: tide?', 'assistant: You said: **tide?**'])
  const again = {
    ...asked,
    prompt: '',
    parent_message_uuid: ids.human_message_uuid,
    turn_message_uuids: {},
  }
  await capture(`${api}/retry_completion`, again)
  const whole = await capture(`${api}?tree=True&rendering_mode=messages`)
  expect(linesOf(whole)).toEqual([
    'user: tide?',
    'assistant: You said: **tide?**',
    'assistant: You said: **tide?**',
  ])
  const page = await fetch(site.newChatUrl)
  expect(page.headers.get('content-security-policy')).toContain("script-src 'self'")
  expect(await page.text()).toContain('data-testid="chat-input"')
})
