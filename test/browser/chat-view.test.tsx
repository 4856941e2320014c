import axe from 'axe-core'
import { expect, test } from 'vitest'
import type { Entry } from '../../src/core/session/context.ts'
import type { ContextResult } from '../../src/protocol/requests.ts'
import { ChatConversation } from '../../src/widget/chat-view/conversation/chat-conversation.tsx'
import { ARABIC } from '../../src/widget/chat-view/labels/arabic.ts'
import type { ChatLabels } from '../../src/widget/chat-view/labels/chat-labels.ts'
import { ENGLISH } from '../../src/widget/chat-view/labels/english.ts'
import { ContextPanel } from '../../src/widget/chat-view/panels/context-panel.tsx'
import { createFakeChat, fakeFold, fakeItem, fakeMessage, fakeTalk } from '../support/fake-chat.ts'
import { Box, DIGEST, fullChat, isAtEnd, show } from './full-chat.tsx'

test('[VIEW1, VIEW10, FLD1] all of a chat is drawn, in its order', async () => {
  const chat = fullChat()
  const page = show(<ChatConversation chat={chat} />, { height: 1_400 })
  await expect.poll(() => page.count('.bf-item')).toBe(7)
  const kinds = [...page.root.querySelectorAll('.bf-item')].map((row) =>
    row.getAttribute('data-kind'),
  )
  expect(kinds).toEqual(['fold', 'message', 'tools', 'branch', 'message', 'queued', 'failure'])
  expect(page.text()).toContain('6 messages folded 18,300 → 1,900 tokens')
  expect(page.text()).toContain('3 messages left behind here')
  expect(page.text()).toContain('Read **it**.')
  expect(page.part('[part="said"]').textContent).toContain('<b>401</b>')
  page.press('[part="retry"]')
  page.press('[part="dismiss"]')
  page.press('[part="unqueue"]')
  expect(chat.calls).toEqual(['retry', 'dismiss', 'unqueue q1'])
  await expect.poll(() => page.count('[data-kind="failure"]')).toBe(0)
})

test('[VIEW10] an answer that is not whole says why, in the language of the page', async () => {
  const cut = [
    { type: 'text', text: 'Half of' },
    { type: 'text', text: '[The answer was stopped here.]' },
  ] as const
  const page = show(
    <ChatConversation
      chat={createFakeChat({ items: [fakeItem(fakeMessage(1, 'assistant', cut))] })}
    />,
  )
  await expect.poll(() => page.count('[part="stopped"]')).toBe(1)
  expect(page.text()).not.toContain('[The answer')
  page.draw(
    <Box>
      <ChatConversation chat={createFakeChat()} empty={<b>Hello</b>} />
    </Box>,
  )
  await expect.poll(() => page.text()).toBe('Hello')
  page.draw(
    <Box>
      <ChatConversation chat={createFakeChat()} isLoading />
    </Box>,
  )
  await expect.poll(() => page.text()).toBe(ENGLISH.loading)
})

test('[VIEW2, VIEW6] of 10,000 messages only those in view are in the page', async () => {
  const chat = createFakeChat({
    items: fakeTalk(10_000, (seq) => `Message ${seq}. `.repeat(1 + (seq % 40))),
  })
  const page = show(<ChatConversation chat={chat} />)
  await expect.poll(() => page.text()).toContain('Message 10000.')
  await expect.poll(() => isAtEnd(page)).toBe(true)
  expect(page.count('.bf-item')).toBeLessThan(40)
  const last = page.part('[data-key="m10000"]')
  expect(last.getAttribute('aria-posinset')).toBe('10000')
  expect(last.getAttribute('aria-setsize')).toBe('10000')
  expect(last.getAttribute('aria-label')).toMatch(/^Assistant, \d/)
  last.focus()
  page.part('.bf-scroller').scrollTop = 0
  await expect.poll(() => page.count('[data-key="m1"]')).toBe(1)
  expect(document.activeElement).toBe(page.part('[data-key="m10000"]'))
  expect(page.count('.bf-item')).toBeLessThan(40)
})

test('[VIEW3] older messages are read as the top comes near, and the view stays on what is read', async () => {
  const all = fakeTalk(90, (seq) => `Message ${seq}. `.repeat(1 + (seq % 30)))
  const chat = createFakeChat({ items: all.slice(60), hasOlder: true })
  let from = 60
  let readings = 0
  chat.behind.loadOlder = () => {
    from -= 30
    readings += 1
    chat.set({ items: all.slice(from), hasOlder: from > 0 })
  }
  const page = show(<ChatConversation chat={chat} />)
  await expect.poll(() => isAtEnd(page)).toBe(true)
  expect(readings).toBe(0)
  const scroller = page.part('.bf-scroller')
  scroller.scrollTop = 300
  await expect.poll(() => readings).toBe(1)
  await expect.poll(() => page.count('[data-key="m61"]')).toBe(1)
  const top = page.part('[data-key="m61"]').getBoundingClientRect().top
  const view = scroller.getBoundingClientRect()
  expect(top).toBeGreaterThan(view.top - 400)
  expect(top).toBeLessThan(view.bottom)
  expect(scroller.scrollTop).toBeGreaterThan(400)
})

test('[VIEW3, VIEW4] a view that is drawn before it is shown begins at its end, and is filled', async () => {
  const all = fakeTalk(40)
  const chat = createFakeChat({ items: all.slice(38), hasOlder: true })
  chat.behind.loadOlder = () => chat.set({ items: all, hasOlder: false })
  const page = show(<ChatConversation chat={chat} />, { height: 0 })
  await expect.poll(() => page.count('.bf-scroller')).toBe(1)
  await new Promise(requestAnimationFrame)
  await new Promise(requestAnimationFrame)
  expect(chat.calls).toEqual([])
  page.part('main').style.blockSize = '500px'
  await expect.poll(() => chat.calls).toEqual(['loadOlder'])
  await expect.poll(() => page.count('[data-key="m40"]')).toBe(1)
  await expect.poll(() => isAtEnd(page)).toBe(true)
})

test('[VIEW3] nothing older is read while a closed fold hides it', async () => {
  const talk = fakeTalk(12)
  const items = [
    ...talk.slice(0, 8).map((item) => ({ ...item, isCovered: true })),
    fakeFold(1, 8),
    ...talk.slice(8),
  ]
  const chat = createFakeChat({ items, hasOlder: true })
  const page = show(<ChatConversation chat={chat} />)
  await expect.poll(() => page.count('[part="show-fold"]')).toBe(1)
  await new Promise(requestAnimationFrame)
  await new Promise(requestAnimationFrame)
  expect(chat.calls).toEqual([])
  page.press('[part="show-fold"]')
  await expect.poll(() => page.count('[part="show-originals"]')).toBe(1)
  page.press('[part="show-originals"]')
  await expect.poll(() => page.count('[data-covered="true"]')).toBeGreaterThan(0)
  const goUp = (): readonly string[] => {
    page.part('.bf-scroller').scrollTop = 0
    return chat.calls
  }
  await expect.poll(goUp).toContain('loadOlder')
})

test('[VIEW4] the end is followed while it is in view, and a button leads back to it', async () => {
  const items = fakeTalk(30, () => 'Some words. '.repeat(20))
  const chat = createFakeChat({ items })
  const page = show(<ChatConversation chat={chat} />)
  await expect.poll(() => isAtEnd(page)).toBe(true)
  const answer = { phase: 'answering', reasoning: '', calls: [] } as const
  for (let n = 1; n <= 20; n += 1) {
    chat.set({ answer: { ...answer, text: 'A line of it.\n\n'.repeat(n) } })
    await new Promise(requestAnimationFrame)
  }
  await expect.poll(() => isAtEnd(page)).toBe(true)
  expect(page.count('[part="to-end"]')).toBe(0)
  const scroller = page.part('.bf-scroller')
  scroller.scrollTop -= 700
  await expect.poll(() => page.count('[part="to-end"]')).toBe(1)
  const before = scroller.scrollTop
  chat.set({ answer: { ...answer, text: 'A line of it.\n\n'.repeat(60) } })
  await expect.poll(() => page.part('[part="to-end"]').dataset['news']).toBe('true')
  expect(scroller.scrollTop).toBe(before)
  page.press('[part="to-end"]')
  await expect.poll(() => isAtEnd(page)).toBe(true)
  await expect.poll(() => page.count('[part="to-end"]')).toBe(0)
})

test('[VIEW4] who says something sees what comes of it, also in a smaller view', async () => {
  const items = fakeTalk(30, () => 'Some words. '.repeat(20))
  const chat = createFakeChat({ items })
  const page = show(<ChatConversation chat={chat} />)
  await expect.poll(() => isAtEnd(page)).toBe(true)
  page.part('.bf-scroller').scrollTop = 0
  await expect.poll(() => page.count('[data-key="m1"]')).toBe(1)
  chat.set({ items: [...items, fakeItem(fakeMessage(31, 'user', 'And now?'))] })
  await expect.poll(() => page.text()).toContain('And now?')
  await expect.poll(() => isAtEnd(page)).toBe(true)
  page.part('main').style.blockSize = '250px'
  await expect.poll(() => page.part('.bf-scroller').clientHeight).toBeLessThan(260)
  await expect.poll(() => isAtEnd(page)).toBe(true)
})

test('[VIEW5] screen readers hear that an answer begins, and the whole of it once', async () => {
  const items = fakeTalk(1)
  const chat = createFakeChat({ items })
  const page = show(<ChatConversation chat={chat} />)
  const heard: string[] = []
  await expect.poll(() => page.count('[role="status"]')).toBe(1)
  const region = page.part('[part="live-region"]')
  new MutationObserver(() => heard.push(region.textContent)).observe(region, {
    childList: true,
    characterData: true,
    subtree: true,
  })
  for (const text of ['', 'It', 'It is', 'It is **so**.']) {
    chat.set({ answer: { phase: 'answering', text, reasoning: '', calls: [] } })
    await new Promise(requestAnimationFrame)
  }
  chat.set({
    answer: null,
    items: [...items, fakeItem(fakeMessage(2, 'assistant', 'It is **so**.'), { isNewest: true })],
  })
  await expect.poll(() => heard.at(-1)).toBe('The answer is finished. It is so.')
  expect(heard).toEqual([ENGLISH.answerBegins, 'The answer is finished. It is so.'])
  expect(page.part('.bf-scroller').getAttribute('role')).toBe('feed')
  expect(page.root.querySelectorAll('[aria-live]:not([part="live-region"])')).toHaveLength(0)
})

test('[VIEW6] keys go from message to message', async () => {
  const page = show(<ChatConversation chat={createFakeChat({ items: fakeTalk(40) })} />)
  await expect.poll(() => isAtEnd(page)).toBe(true)
  const press = (key: string, altKey = false): void => {
    const event = new KeyboardEvent('keydown', { key, altKey, bubbles: true, cancelable: true })
    document.activeElement?.dispatchEvent(event)
  }
  const at = (): string | undefined => (document.activeElement as HTMLElement).dataset['key']
  page.part('.bf-scroller').focus()
  press('PageUp')
  expect(at()).toBeUndefined()
  press('ArrowUp', true)
  await expect.poll(at).toBe('m40')
  press('PageUp')
  await expect.poll(at).toBe('m39')
  for (let n = 38; n > 20; n -= 1) {
    press('ArrowUp', true)
    await expect.poll(at).toBe(`m${n}`)
  }
  press('ArrowDown', true)
  await expect.poll(at).toBe('m22')
})

test('[VIEW7, MDV12] reasoning is folded, long texts are cut, and names can not pose', async () => {
  const parts = [
    { type: 'reasoning', text: 'Let me *think*.' },
    {
      type: 'file',
      url: 'data:text/plain;base64,AAAA',
      mediaType: 'text/plain',
      name: 'a\u202etxt.exe',
    },
  ] as const
  const items = [
    fakeItem(fakeMessage(1, 'user', 'word '.repeat(5_000))),
    fakeItem(fakeMessage(2, 'assistant', parts)),
  ]
  const page = show(<ChatConversation chat={createFakeChat({ items })} />)
  await expect.poll(() => page.count('[part="attachment"]')).toBe(1)
  expect(page.part('[part="attachment"]').textContent).toBe('atxt.exe, 3 bytes')
  expect(page.text()).not.toContain('think')
  page.press('[part="reasoning"] button')
  await expect.poll(() => page.text()).toContain('Let me *think*.')
  page.part('.bf-scroller').scrollTop = 0
  await expect.poll(() => page.count('[part="show-rest"]')).toBe(1)
  expect(page.part('[part="text"]').textContent.length).toBeLessThan(4_000)
})

test('[VIEW8] a tool call is one line; opened, it shows arguments and result as text', async () => {
  const chat = fullChat()
  const page = show(<ChatConversation chat={chat} />, { height: 1_400 })
  await expect.poll(() => page.count('[part="tool"]')).toBe(1)
  expect(page.part('[part="tool-head"]').textContent).toBe('read_file{"path":"a.ts"}done')
  page.press('[part="tool-head"]')
  await expect.poll(() => page.text()).toContain('<i>text</i> of a.ts')
  expect(page.part('[part="tool-body"]').textContent).toContain('"path": "a.ts"')
  expect(page.count('[part="tool-body"] i')).toBe(0)
  expect(chat.calls).toContain('messages 8-9')
  page.press('[part="tool-head"]')
  await expect.poll(() => page.count('[part="tool-body"]')).toBe(0)
})

test('[VIEW9] what can be done with a message', async () => {
  const chat = createFakeChat({ items: fakeTalk(2) })
  const page = show(
    <ChatConversation
      chat={chat}
      actions={({ seq }) => <button type="button">{`own ${seq}`}</button>}
    />,
  )
  await expect.poll(() => page.count('[part="actions"]')).toBe(2)
  const [user, answer] = ['[data-key="m1"]', '[data-key="m2"]']
  page.press(`${user} [data-action="edit"]`)
  page.press(`${answer} [data-action="regenerate"]`)
  page.press(`${answer} [data-action="up"]`)
  expect(page.count(`${user} [data-action="regenerate"], ${user} [data-action="up"]`)).toBe(0)
  page.press(`${answer} [data-action="more"]`)
  await expect.poll(() => page.count(`${answer} [data-action="pin"]`)).toBe(1)
  page.press(`${answer} [data-action="pin"]`)
  expect(page.text()).toContain('own 2')
  expect(chat.calls).toEqual(['edit 1', 'regenerate', 'rate 2 up', 'pin 2 true'])
  expect(page.count(`${user} [data-action="copy"]`)).toBe(1)
})

/** A context with a pinned message, a digest and one word for word. */
function contextOf(): ContextResult {
  const entries: readonly Entry[] = [
    { kind: 'pinned', message: fakeMessage(1, 'system', 'Be kind.'), tokens: 10 },
    { kind: 'digest', generation: 1, mark: 6, text: 'x', lines: DIGEST, tokens: 20 },
    { kind: 'message', message: fakeMessage(7, 'user', 'And now?'), tokens: 30 },
  ]
  const categories = { pinned: 10, digest: 20, user: 30, assistant: 0, tools: 0 }
  const rest = { messages: [], squeezed: false, adopted: false }
  return { generation: 1, mark: 6, through: 7, entries, tokens: 60, categories, ...rest }
}

test('[VIEW13] the panel shows the context and why, the generations, and recalls', async () => {
  const chat = fullChat()
  chat.behind.context = contextOf()
  const revealed: number[] = []
  const page = show(<ContextPanel chat={chat} onReveal={(seq) => revealed.push(seq)} />)
  await expect.poll(() => page.count('[data-part="entry"]')).toBe(3)
  expect(page.text()).toContain('pinned: in every context')
  page.press('[data-part="line"] button[data-part="source"]')
  expect(revealed).toEqual([1])
  const tab = page.part('[role="tab"][aria-selected="true"]')
  tab.focus()
  tab.dispatchEvent(new KeyboardEvent('keydown', { key: 'ArrowRight', bubbles: true }))
  await expect.poll(() => page.count('[data-generation="1"]')).toBe(1)
  page.press('[data-part="unfold"]')
  await expect.poll(() => chat.calls).toContain('rollback 0')
  page.press('[role="tab"]:last-of-type')
  await expect.poll(() => page.count('[role="search"]')).toBe(1)
})

test.each([
  ['light', ENGLISH],
  ['dark', ENGLISH],
  ['light', ARABIC],
  ['dark', ARABIC],
] as const)('[VIEW12, VIEW11] no barrier, %s', async (theme, labels: ChatLabels) => {
  const chat = fullChat()
  chat.behind.context = contextOf()
  const page = show(
    <div>
      <div style={{ blockSize: 1_600 }}>
        <ChatConversation chat={chat} labels={labels} />
      </div>
      <ContextPanel chat={chat} labels={labels} onReveal={() => {}} onClose={() => {}} />
    </div>,
    { theme, height: 2_000, width: 320 },
  )
  await expect.poll(() => page.count('[data-part="entry"]')).toBe(3)
  page.press('[part="show-fold"]')
  page.press('[part="tool-head"]')
  page.press('[part="show-branch"]')
  page.press('[data-key="m13"] [data-action="more"]')
  await expect.poll(() => page.count('[part="line"]')).toBe(2)
  await expect.poll(() => page.count('[part="left-behind"]')).toBe(1)
  await expect.poll(() => page.count('math')).toBe(1)
  page.press('[part="show-originals"]')
  for (const one of page.root.querySelectorAll<HTMLElement>('.bf-actions')) one.style.opacity = '1'
  for (const one of document.getAnimations()) one.cancel()
  const { violations } = await axe.run(page.root, { resultTypes: ['violations'] })
  const found = violations.flatMap(({ id, nodes }) =>
    nodes.map(({ html, any }) => [id, html, any[0]?.message]),
  )
  expect(found).toEqual([])
  const scroller = page.part('.bf-scroller')
  expect(scroller.scrollWidth).toBeLessThanOrEqual(scroller.clientWidth)
})

test('[VIEW11] nothing is wider than the narrowest view, whatever is said', async () => {
  const long = 'Donaudampfschifffahrt'.repeat(30)
  const text = `${long} \`${long}\` [${long}](https://a.example/${long})\n\n| ${long} | b |\n|---|---|\n\n\`\`\`${long}\n${long}\n\`\`\`\n\n$$${'x + '.repeat(80)}y$$`
  const items = [
    fakeItem(fakeMessage(1, 'user', long)),
    fakeItem(fakeMessage(2, 'assistant', text)),
  ]
  const page = show(<ChatConversation chat={createFakeChat({ items })} />, {
    width: 320,
    height: 900,
  })
  await expect.poll(() => page.count('[part="code"]')).toBe(1)
  const scroller = page.part('.bf-scroller')
  expect(scroller.scrollWidth).toBeLessThanOrEqual(scroller.clientWidth)
  expect(page.part('[part="code"]').getBoundingClientRect().width).toBeLessThan(320)
})
