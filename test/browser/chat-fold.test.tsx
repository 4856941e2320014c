import { expect, test } from 'vitest'
import type { ConversationHandle } from '../../src/widget/chat-view/conversation/chat-conversation.tsx'
import { ChatConversation } from '../../src/widget/chat-view/conversation/chat-conversation.tsx'
import { ENGLISH } from '../../src/widget/chat-view/labels/english.ts'
import { createFakeChat, fakeTalk } from '../support/fake-chat.ts'
import { fullChat, isAtEnd, show } from './full-chat.tsx'

test('[FLD2, FLD3, FLD5] a fold shows its digest, its originals, and the messages behind a line', async () => {
  const chat = fullChat()
  const page = show(<ChatConversation chat={chat} />, { height: 900 })
  await expect.poll(() => page.count('[part="show-fold"]')).toBe(1)
  expect(page.count('[data-covered="true"]')).toBe(0)
  page.press('[part="show-fold"]')
  await expect.poll(() => page.count('[part="line"]')).toBe(2)
  expect(page.part('[data-section="rules"]').textContent).toContain('Be short.')
  page.press('[data-line="a"] [part="source"]')
  await expect.poll(() => (document.activeElement as HTMLElement).dataset['key']).toBe('m1')
  expect(page.part('[data-key="m1"]').dataset['covered']).toBe('true')
  expect(page.part('[data-key="m1"]').getAttribute('aria-label')).toContain(ENGLISH.covered)
})

test('[FLD5] a host brings a message into view; an unknown one is told', async () => {
  const chat = createFakeChat({ items: fakeTalk(300) })
  const handle: { current: ConversationHandle | null } = { current: null }
  const page = show(<ChatConversation chat={chat} handle={handle} />)
  await expect.poll(() => isAtEnd(page)).toBe(true)
  expect(await handle.current?.reveal(20)).toBe(true)
  await expect.poll(() => (document.activeElement as HTMLElement).dataset['key']).toBe('m20')
  expect(await handle.current?.reveal(999)).toBe(false)
  handle.current?.toEnd()
  await expect.poll(() => isAtEnd(page)).toBe(true)
})

test('[FLD4] lines of the head can be edited and removed', async () => {
  const chat = fullChat()
  const page = show(<ChatConversation chat={chat} />, { height: 900 })
  await expect.poll(() => page.count('[part="show-fold"]')).toBe(1)
  page.press('[part="show-fold"]')
  await expect.poll(() => page.count('[part="line"]')).toBe(2)
  page.press('[data-line="b"] [part="edit-line"]')
  await expect.poll(() => page.count('[part="line-text"]')).toBe(1)
  const field = page.part('[part="line-text"]')
  expect(document.activeElement).toBe(field)
  const { set } = Object.getOwnPropertyDescriptor(HTMLTextAreaElement.prototype, 'value') ?? {}
  set?.call(field, 'Be brief.')
  field.dispatchEvent(new Event('input', { bubbles: true }))
  page.press('[part="save-line"]')
  await expect.poll(() => page.part('[data-line="b"]').textContent).toContain('Be brief.')
  page.press('[data-line="a"] [part="remove-line"]')
  await expect.poll(() => page.count('[part="line"]')).toBe(1)
  chat.behind.editDigest = false
  page.press('[data-line="b"] [part="remove-line"]')
  await expect.poll(() => page.text()).toContain(ENGLISH.notSaved)
  expect(chat.calls.slice(0, 2)).toEqual([
    'editDigest 1 {"lines":{"b":"Be brief."}}',
    'editDigest 1 {"lines":{"a":null}}',
  ])
  const [item] = chat.state.get().items.filter(({ kind }) => kind === 'fold')
  if (item?.kind === 'fold') chat.set({ items: [{ ...item, isHead: false }] })
  await expect.poll(() => page.count('[part="edit-line"], [part="roll-back"]')).toBe(0)
})

test('[FLD6] a rollback is asked for once more, and a refusal is told', async () => {
  const chat = fullChat()
  const page = show(<ChatConversation chat={chat} />, { height: 900 })
  await expect.poll(() => page.count('[part="show-fold"]')).toBe(1)
  page.press('[part="show-fold"]')
  await expect.poll(() => page.count('[part="roll-back"]')).toBe(1)
  page.press('[part="roll-back"]')
  await expect.poll(() => page.text()).toContain('Put 6 messages back into the context')
  page.press('[part="cancel"]')
  await expect.poll(() => page.count('[part="ask"]')).toBe(0)
  expect(chat.calls).toEqual([])
  chat.behind.rollback = { kind: 'refused', reason: 'it is gone' }
  page.press('[part="roll-back"]')
  await expect.poll(() => page.count('[part="roll-back-now"]')).toBe(1)
  page.press('[part="roll-back-now"]')
  await expect.poll(() => page.text()).toContain('Not rolled back: it is gone')
  expect(chat.calls).toEqual(['rollback 0'])
})

test('[FLD7] what a branch left behind can be shown', async () => {
  const page = show(<ChatConversation chat={fullChat()} />, { height: 1_400 })
  await expect.poll(() => page.count('[part="show-branch"]')).toBe(1)
  page.press('[part="show-branch"]')
  await expect.poll(() => page.part('[part="left-behind"]').textContent).toContain('left 11')
})
