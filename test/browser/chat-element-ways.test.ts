import axe from 'axe-core'
import { beforeEach, expect, onTestFinished, test, vi } from 'vitest'
import { cdp, page as window_, userEvent } from 'vitest/browser'
import '../../src/element.ts'
import { clearServer, openChatPage, plan, says, type ChatPage } from './chat-page.ts'

beforeEach(clearServer)

/** What the browser tells the page of its person. */
async function prefer(name: string, value: string): Promise<void> {
  const tell = async (features: readonly { name: string; value: string }[]): Promise<void> =>
    void (await (cdp() as unknown as Cdp).send('Emulation.setEmulatedMedia', { features }))
  await tell([{ name, value }])
  onTestFinished(() => tell([]))
}

interface Cdp {
  send(method: string, given: object): Promise<unknown>
}

async function resize(width: number, height: number): Promise<void> {
  await window_.viewport(width, height)
  onTestFinished(() => window_.viewport(414, 896))
}

function style(text: string): void {
  const made = document.head.appendChild(document.createElement('style'))
  onTestFinished(() => made.remove())
  made.textContent = text
}

const LONG = `# Title\n\n${'Donaudampfschifffahrt'.repeat(20)}\n\n| a | b | c | d | e |\n|-|-|-|-|-|\n| one long cell | two of them | three of them | four | five |\n\n\`\`\`ts\n${'x'.repeat(300)}\n\`\`\``

/** A conversation with a fold and tool lines. */
async function talk({ element }: ChatPage, text = LONG): Promise<void> {
  const { session } = element
  for (let i = 0; i < 30; i += 1)
    await session?.append(
      { role: 'user', content: `Question ${i}: ${'what is in the box? '.repeat(10)}` },
      { role: 'assistant', content: `Answer ${i}: ${'a folded sheet of paper. '.repeat(10)}` },
    )
  await element.chat?.fold()
  let asked = 0
  element.tools = {
    definitions: [{ name: 'clock', description: 'The time', parameters: { type: 'object' } }],
    run: () => 'noon',
  }
  element.respond = async function* () {
    asked += 1
    if (asked === 1) yield { type: 'tool-call', name: 'clock', input: {} }
    else yield text
  }
  await element.send('And now?')
  await expect
    .poll(() => element.chat?.state.get().items.map(({ kind }) => kind))
    .toEqual(expect.arrayContaining(['fold', 'tools']))
}

/** What has the focus, within shadow roots too. */
function focused(): Element | null {
  let found = document.activeElement
  while (found?.shadowRoot?.activeElement != null) found = found.shadowRoot.activeElement
  return found
}

/** Goes on by the Tab key until something has the focus, as a person does. */
async function tabTo(selector: string, key = '{Tab}'): Promise<void> {
  for (let step = 0; step < 60; step += 1) {
    if (focused()?.matches(selector) === true) return
    await userEvent.keyboard(key)
  }
  throw new Error(`no way to ${selector} by ${key}; the focus is on ${focused()?.outerHTML ?? ''}`)
}

test('[ELEM7] neither the root’s size of text nor hostile styles change the size of anything inside', async () => {
  const page = await openChatPage({ attributes: { budget: '2000' } })
  await talk(page, 'short')
  const sizes = (): readonly unknown[] =>
    ['[part=input]', '.bfw-header', '.bfw-round', '[part=fold]', '[data-role=user]'].map((one) => {
      const { width, height } = page.part(one).getBoundingClientRect()
      return [one, Math.round(width), Math.round(height), getComputedStyle(page.part(one)).fontSize]
    })
  const before = sizes()
  style('html { font-size: 62.5% }')
  expect(sizes()).toEqual(before)
  style(
    'html { font-size: 40px !important; line-height: 3 !important }' +
      ' backfold-chat, backfold-chat * { all: unset !important; font-size: 40px !important; display: none !important }',
  )
  expect(sizes()).toEqual(before)
  page.element.style.setProperty('--backfold-font-size', '30px')
  expect(getComputedStyle(page.field()).fontSize).toBe('30px')
  expect(getComputedStyle(page.part('[part=conversation]')).fontSize).toBe('30px')
})

test('[ELEM6] an Arabic chat on an English page goes from right to left, with its failures; `dir` decides', async () => {
  const { documentElement: root } = document
  root.dir = 'ltr'
  onTestFinished(() => root.removeAttribute('dir'))
  await plan({ status: 500, pieces: ['no'] }, { status: 500, pieces: ['no'] })
  const page = await openChatPage({ attributes: { locale: 'ar' } })
  const direction = (one: string): string => getComputedStyle(page.part(one)).direction
  await expect.poll(() => direction('.bfw-window')).toBe('rtl')
  expect(direction('[part=input]')).toBe('rtl')
  expect(page.part('[part=header-button]').getBoundingClientRect().left).toBeLessThan(
    page.part('[part=title]').getBoundingClientRect().left,
  )
  await page.element.send('مرحبا')
  await expect.poll(() => page.part('[part=failure]').textContent).toContain('خطأ في الخادم (500)')
  expect(page.part('[part=failure]').textContent).not.toContain('Server error')
  page.element.setAttribute('locale', 'de')
  await expect
    .poll(() => page.part('[part=failure]').textContent)
    .toContain('Fehler des Servers (500)')
  page.element.dir = 'rtl'
  await expect.poll(() => direction('.bfw-window')).toBe('rtl')
})

test('[ELEM12] where it can only be read, nothing is offered that changes the conversation', async () => {
  const page = await openChatPage({ attributes: { budget: '2000' } })
  await talk(page, 'short')
  const changing = '[data-action=edit], [data-action=regenerate], [data-action=up], [part=input]'
  expect(page.count(changing)).toBeGreaterThan(2)
  page.element.setAttribute('readonly', '')
  await expect.poll(() => page.count(changing)).toBe(0)
  expect(page.count('[data-action=copy]')).toBeGreaterThan(0)
  page.part('[data-action=more]').click()
  await expect.poll(() => page.count('.bf-facts')).toBe(1)
  expect(page.count('[data-action=pin]')).toBe(0)
  page.part('[part=show-fold]').click()
  await expect.poll(() => page.count('[part=line]')).toBeGreaterThan(0)
  expect(page.count('[part=roll-back], [part=edit-line], [part=remove-line]')).toBe(0)
})

test('[VIEW5] of a whole conversation screen readers hear that answers begin, each once, and what stopped or failed', async () => {
  await plan(says('It is **so**.'), says('half of it ', { staysOpen: true }), {
    status: 401,
    pieces: ['no'],
  })
  const page = await openChatPage()
  await expect.poll(() => page.count('[part=live-region]')).toBe(1)
  const region = page.part('[part=live-region]')
  const heard: string[] = []
  const watch = { childList: true, characterData: true, subtree: true }
  new MutationObserver(() => heard.push(region.textContent)).observe(region, watch)
  await page.element.send('one')
  await expect.poll(() => heard.at(-1)).toBe('The answer is finished. It is so.')
  void page.element.send('two')
  await expect.poll(page.text).toContain('half of it')
  page.element.stop()
  await expect.poll(() => heard.at(-1)).toBe('The answer was stopped.')
  await page.element.send('three')
  await expect.poll(() => heard.at(-1)).toContain('Key refused (401)')
  const begins = 'The answer begins.'
  expect(heard).toEqual([
    begins,
    'The answer is finished. It is so.',
    begins,
    'The answer was stopped.',
    begins,
    'Key refused (401) Check the key.',
  ])
})

test('[CHAT1] while a tool runs, what the model said before is drawn once', async () => {
  const page = await openChatPage()
  const tool = Promise.withResolvers<string>()
  page.element.tools = {
    definitions: [{ name: 'clock', description: 'The time', parameters: { type: 'object' } }],
    run: () => tool.promise,
  }
  let asked = 0
  page.element.respond = async function* () {
    asked += 1
    if (asked > 1) yield 'It is noon.'
    else {
      yield 'Let me look.'
      yield { type: 'tool-call', name: 'clock', input: {} }
    }
  }
  const most = { said: 0 }
  const count = (): number => page.text().split('Let me look.').length - 1
  new MutationObserver(() => {
    most.said = Math.max(most.said, count())
  }).observe(page.part('.bf-rows'), { childList: true, characterData: true, subtree: true })
  const sending = page.element.send('What time is it?')
  await expect.poll(() => page.part('[data-phase]').dataset['phase']).toBe('recalling')
  await expect.poll(count).toBe(1)
  tool.resolve('noon')
  await sending
  await expect.poll(page.text).toContain('It is noon.')
  expect(most.said).toBe(1)
})

test('[ELEM8] an empty chat says how to begin, until the host says it', async () => {
  const page = await openChatPage()
  const slot = page.part('slot[name=empty]') as HTMLSlotElement
  expect(page.part('[part=empty]').textContent).toContain('Nothing said yet')
  expect(
    slot.getBoundingClientRect().height + page.part('.bf-empty-title').offsetHeight,
  ).toBeGreaterThan(10)
  page.element.innerHTML = '<b slot="empty">Ask us</b>'
  expect(slot.assignedElements().map(({ textContent }) => textContent)).toEqual(['Ask us'])
  expect(page.part('.bf-empty-title').offsetHeight).toBe(0)
})

test('[ELEM10] all of it goes by keys: write, send, stop, copy, edit, open a fold, roll back, recall, close', async () => {
  await resize(900, 800)
  const copied = vi.spyOn(navigator.clipboard, 'writeText').mockResolvedValue()
  onTestFinished(() => copied.mockRestore())
  const page = await openChatPage({ attributes: { position: 'side', budget: '2000' } })
  await tabTo('[part=launcher]')
  await userEvent.keyboard('{Enter}')
  await expect.poll(() => focused()?.getAttribute('part')).toBe('input')
  await talk(page, 'The box is blue.')
  await plan(says('half of it ', { staysOpen: true }))
  page.element.respond = null
  await userEvent.keyboard('What is it?{Enter}')
  await expect.poll(page.text).toContain('half of it')
  await tabTo('[part=stop]')
  await userEvent.keyboard('{Enter}')
  await expect.poll(() => page.element.chat?.state.get().answer).toBeNull()
  await expect.poll(() => focused()?.getAttribute('part')).toBe('input')

  await tabTo(
    '[data-role=assistant] [data-action=copy], [data-role=assistant] [part~=copy]',
    '{Shift>}{Tab}{/Shift}',
  )
  await userEvent.keyboard('{Enter}')
  await expect.poll(() => copied.mock.calls.length).toBe(1)
  await tabTo('[data-action=edit]', '{Shift>}{Tab}{/Shift}')
  await userEvent.keyboard('{Enter}')
  await expect.poll(() => page.field().value).toBe('What is it?')
  await expect.poll(() => focused()?.getAttribute('part')).toBe('input')
  await userEvent.keyboard('{Escape}')
  await expect.poll(() => page.count('[part=editing]')).toBe(0)
  expect(page.count('[part=window]')).toBe(1)

  await tabTo('[part=show-fold]', '{Shift>}{Tab}{/Shift}')
  await userEvent.keyboard('{Enter}')
  await expect.poll(() => page.count('[part=line]')).toBeGreaterThan(0)
  await tabTo('[part=roll-back]')
  const folded = page.element.session?.state.get().generation
  await userEvent.keyboard('{Enter}')
  await expect.poll(() => focused()?.getAttribute('part')).toBe('roll-back-now')
  await userEvent.keyboard('{Enter}')
  await expect.poll(() => page.element.session?.state.get().generation).toBe((folded ?? 0) - 1)
  await expect.poll(() => focused()?.getAttribute('part')).toBe('scroller')

  await tabTo('.bfw-header [aria-expanded]', '{Shift>}{Tab}{/Shift}')
  await userEvent.keyboard('{Enter}')
  await expect.poll(() => page.count('[part=panel]')).toBe(1)
  await tabTo('[role=tab]')
  await userEvent.keyboard('{ArrowRight}{ArrowRight}')
  await tabTo('[part=panel] input')
  await userEvent.keyboard('blue{Enter}')
  await expect.poll(() => page.part('[part=panel]').textContent).toContain('The box is blue.')
  await userEvent.keyboard('{Escape}')
  await expect.poll(() => page.count('[part=panel]')).toBe(0)
  expect(focused()?.getAttribute('aria-expanded')).toBe('false')
  await userEvent.keyboard('{Escape}')
  await expect.poll(() => page.count('[part=window]')).toBe(0)
  await expect.poll(() => focused()?.getAttribute('part')).toBe('launcher')
})

const STATES: readonly (readonly [string, (page: ChatPage) => Promise<unknown>])[] = [
  ['empty', async () => {}],
  ['a conversation with a fold and tools', (page) => talk(page)],
  [
    'an open panel',
    async (page) => {
      await talk(page)
      page.button(/what is in the context/i).click()
      await expect
        .poll(() => page.count('[part=panel] [part=message], [part=panel] li'))
        .toBeGreaterThan(0)
    },
  ],
  [
    'a failure',
    async (page) => {
      await plan({ status: 500, pieces: ['{"error":{"message":"overloaded"}}'] })
      await page.element.send('go')
      await expect.poll(() => page.count('[part=failure]')).toBe(1)
    },
  ],
]

test.each(STATES.flatMap((state) => [['light', ...state] as const, ['dark', ...state] as const]))(
  '[ELEM10] %s, with %s, there is no violation that axe finds',
  async (theme, _, reach) => {
    const page = await openChatPage({ attributes: { budget: '2000', theme } })
    await reach(page)
    const { violations } = await axe.run(page.box, { rules: { region: { enabled: false } } })
    expect(violations.map(({ id, nodes }) => [id, nodes.map(({ html }) => html)])).toEqual([])
  },
)

test.each([
  ['320 px', 320, 640, 'inline', 'en'],
  ['320 px', 320, 640, 'bubble', 'ar'],
  ['320 px', 320, 640, 'side', 'de'],
  ['1280 by 800 at 200 %', 640, 400, 'inline', 'en'],
  ['1280 by 800 at 400 %', 320, 200, 'bubble', 'en'],
])('[VIEW11] at %s nothing is wider than the view (%i, %i, %s, %s)', async (...given) => {
  const [, width, height, position, locale] = given
  await resize(width, height)
  style('body { margin: 0 }')
  const page = await openChatPage({ attributes: { position, locale, open: '', budget: '2000' } })
  page.box.style.height = '100vh'
  await talk(page)
  expect(document.documentElement.scrollWidth).toBeLessThanOrEqual(width)
  const { scrollWidth, clientWidth } = page.part('[part=scroller]')
  expect(scrollWidth).toBeLessThanOrEqual(clientWidth)
  const shown = [
    '[part=send]',
    '[part=attach]',
    '[part=input]',
    '[part=header-button]',
    '[part=title]',
  ]
  for (const one of shown) {
    const { left, right, top, bottom, width: wide } = page.part(one).getBoundingClientRect()
    expect([one, left >= 0, right <= width, wide > 0]).toEqual([one, true, true, true])
    if (position !== 'inline') expect([one, top >= 0, bottom <= height]).toEqual([one, true, true])
  }
  expect(page.part('[part=scroller]').clientHeight).toBeGreaterThan(20)
})

test('[VIEW11] who wants less motion sees none, also while an answer comes', async () => {
  await prefer('prefers-reduced-motion', 'reduce')
  await plan(says('half of it ', { staysOpen: true }))
  const page = await openChatPage()
  void page.element.send('go')
  await expect.poll(page.text).toContain('half of it')
  const moving = [...(page.element.shadowRoot?.querySelectorAll('*') ?? [])].flatMap((one) =>
    one.getAnimations().map(() => one.className),
  )
  expect(moving).toEqual([])
  page.element.stop()
})

test('[VIEW11] it is light or dark as the person prefers, or as the attribute says', async () => {
  await prefer('prefers-color-scheme', 'dark')
  const page = await openChatPage()
  const background = (): string => getComputedStyle(page.part('.bfw-window')).backgroundColor
  expect(background()).toBe('rgb(22, 23, 26)')
  page.element.setAttribute('theme', 'light')
  await expect.poll(background).toBe('rgb(253, 253, 252)')
  page.element.setAttribute('theme', 'dark')
  await expect.poll(background).toBe('rgb(22, 23, 26)')
})

test('[ELEM4] one that is gone listens to nothing any more', async () => {
  const listening = new Map<string, number>()
  const count = (target: EventTarget): void => {
    const { addEventListener: add, removeEventListener: remove } = target
    const note = (type: string, by: number): void =>
      void listening.set(type, (listening.get(type) ?? 0) + by)
    target.addEventListener = (...given: Parameters<typeof add>) => {
      note(given[0], 1)
      add.apply(target, given)
    }
    target.removeEventListener = (...given: Parameters<typeof remove>) => {
      note(given[0], -1)
      remove.apply(target, given)
    }
    onTestFinished(() => {
      Object.assign(target, { addEventListener: add, removeEventListener: remove })
    })
  }
  count(window)
  count(document)
  const database = `gone-${crypto.randomUUID()}`
  const once = async (): Promise<void> => {
    const page = await openChatPage({ attributes: { database } })
    page.element.chat?.setDraft('x')
    page.box.remove()
    await expect.poll(() => page.element.chat).toBeNull()
  }
  // What is there once for a page stays.
  await once()
  const first = JSON.stringify([...listening])
  await once()
  await once()
  expect(JSON.stringify([...listening])).toBe(first)
})
