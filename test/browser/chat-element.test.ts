import axe from 'axe-core'
import { beforeEach, expect, onTestFinished, test, vi } from 'vitest'
import '../../src/element.ts'
import { arrived, asked, clearServer, lookInto, openChatPage, plan, says } from './chat-page.ts'

beforeEach(clearServer)

test('[ELEM3] what is written is sent by Enter, streamed, drawn, and told to the host', async () => {
  await plan(says('The box is **empty** today.'))
  const told: string[] = []
  const page = await openChatPage({
    setUp: (element) => {
      element.apiKey = 'secret'
      for (const name of ['ready', 'send', 'message', 'answer'])
        element.addEventListener(`backfold-${name}`, ({ type }) => void told.push(type))
    },
  })
  page.element.focus()
  expect(page.element.shadowRoot?.activeElement).toBe(page.field())
  page.write('What is in the box?')
  page.key('Enter')
  await expect.poll(page.text).toContain('The box is empty today.')
  expect(page.text()).toContain('What is in the box?')
  expect(page.field().value).toBe('')
  expect(await asked()).toEqual([['What is in the box?']])
  const [request] = await arrived()
  expect(request?.headers).toContainEqual(['authorization', 'Bearer secret'])
  const all = ['backfold-ready', 'backfold-send', 'backfold-message', 'backfold-answer']
  await expect.poll(() => told).toEqual(all)
  expect(page.element.outerHTML).not.toContain('secret')
  expect(JSON.stringify(page.element.session?.state.get())).not.toContain('secret')
})

test('[ELEM3] an answer is stopped and kept, a failed one is tried again', async () => {
  await plan(says('half of it ', { staysOpen: true }))
  const page = await openChatPage()
  page.write('go')
  page.key('Enter')
  await expect.poll(page.text).toContain('half of it')
  page.button(/stop/i).click()
  await expect.poll(() => page.element.chat?.state.get().answer).toBeNull()
  expect(JSON.stringify(page.element.chat?.state.get().items)).toContain('was stopped here')
  await plan({ status: 500, pieces: ['{"error":{"message":"overloaded"}}'] }, says('better'))
  await page.element.send('again')
  await expect.poll(page.text).toContain('overloaded')
  page.button(/try again/i).click()
  await expect.poll(page.text).toContain('better')
})

test('[ELEM3] a message is edited and an answer made anew, each on a branch', async () => {
  await plan(says('one'), says('two'), says('three'))
  const page = await openChatPage()
  await page.element.send('first')
  await page.element.chat?.regenerate()
  await expect.poll(page.text).toContain('two')
  await expect.poll(() => page.element.chat?.state.get().answer).toBeNull()
  page.element.chat?.edit(1)
  await expect.poll(() => page.field().value).toBe('first')
  page.write('second')
  page.key('Enter')
  await expect.poll(page.text).toContain('three')
  await expect
    .poll(() => page.element.chat?.state.get().items.map(({ kind }) => kind))
    .toEqual(['branch', 'message', 'message'])
})

test('[ELEM3] a reload keeps the draft and what waits for a connection', async () => {
  const database = `reload-${crypto.randomUUID()}`
  const online = vi.spyOn(navigator, 'onLine', 'get').mockReturnValue(false)
  onTestFinished(() => online.mockRestore())
  const attributes = { database, endpoint: 'https://offline.invalid/v1' }
  const page = await openChatPage({ attributes })
  page.write('for later')
  page.key('Enter')
  await expect.poll(page.text).toContain('for later')
  page.write('half a thought')
  page.box.remove()
  const again = await openChatPage({ attributes })
  await expect.poll(again.text).toContain('for later')
  await expect.poll(() => again.field().value).toBe('half a thought')
  await plan(says('at last'))
  again.element.respond = async function* () {
    yield 'at last'
  }
  online.mockReturnValue(true)
  window.dispatchEvent(new Event('online'))
  await expect.poll(again.text).toContain('at last')
})

test('[ELEM5] a function of the page answers, and tools of the page are carried out', async () => {
  const page = await openChatPage({
    setUp: (element) => {
      element.tools = {
        definitions: [{ name: 'now', description: 'The time', parameters: { type: 'object' } }],
        run: () => 'noon',
      }
      element.respond = async function* ({ messages }) {
        if (JSON.stringify(messages).includes('noon')) yield 'It is noon.'
        else yield { type: 'tool-call', name: 'now', input: {} }
      }
    },
  })
  await page.element.send('What time is it?')
  await expect.poll(page.text).toContain('It is noon.')
  expect(page.text()).toContain('now')
})

test('[ELEM9] the conversation is exported as Markdown', async () => {
  const page = await openChatPage()
  page.element.respond = async function* () {
    yield 'It is **noon**.'
  }
  await page.element.send('What time is it?')
  const markdown = await page.element.exportMarkdown()
  expect(markdown).toContain('What time is it?')
  expect(markdown).toContain('It is **noon**.')
})

test('[ELEM3] a fold appears where it happened', async () => {
  const page = await openChatPage({ attributes: { budget: '2000' } })
  for (let i = 0; i < 30; i += 1)
    await page.element.session?.append(
      { role: 'user', content: `Question ${i}: ${'what is in the box? '.repeat(10)}` },
      { role: 'assistant', content: `Answer ${i}: ${'a folded sheet of paper. '.repeat(10)}` },
    )
  page.button(/fold now/i).click()
  await expect
    .poll(() => page.element.chat?.state.get().items.some(({ kind }) => kind === 'fold'))
    .toBe(true)
})

test('[ELEM4] two elements share the Backfold of a database and keep their sessions apart', async () => {
  const database = `shared-${crypto.randomUUID()}`
  const one = await openChatPage({ attributes: { database, session: 'one' } })
  const two = await openChatPage({ attributes: { database, session: 'two' } })
  const respond = async function* (): AsyncGenerator<string> {
    yield 'yes'
  }
  one.element.respond = respond
  two.element.respond = respond
  await Promise.all([one.element.send('to one'), two.element.send('to two')])
  await expect.poll(one.text).toContain('to one')
  expect(one.text()).not.toContain('to two')
  const opened = await new Promise<readonly string[]>((resolve) => {
    void one.element.session?.describe({ title: 'One' }).then(async () => {
      const ids = two.element.session === null ? [] : [two.element.session.id]
      resolve(ids)
    })
  })
  expect(opened).toEqual(['two'])
  await expect.poll(() => one.part('[part=title]').textContent).toBe('One')
  one.box.remove()
  await two.element.send('still here')
  await expect.poll(two.text).toContain('still here')
})

test('[ELEM4] an element that is moved stays as it is; one that is gone lets go', async () => {
  const page = await openChatPage()
  const { chat } = page.element
  const other = document.body.appendChild(document.createElement('section'))
  onTestFinished(() => other.remove())
  page.write('unsent')
  other.append(page.element)
  await page.element.ready
  expect(page.element.chat).toBe(chat)
  expect(page.field().value).toBe('unsent')
  page.element.remove()
  await expect.poll(() => page.element.chat).toBeNull()
  other.append(page.element)
  await page.element.ready
  await expect.poll(() => page.field().value).toBe('unsent')
})

test('[ELEM2] attributes may change at any time', async () => {
  const page = await openChatPage({ attributes: { heading: 'Help' } })
  expect(page.part('[part=title]').textContent).toBe('Help')
  page.element.setAttribute('heading', 'Desk')
  await expect.poll(() => page.part('[part=title]').textContent).toBe('Desk')
  page.element.setAttribute('budget', '4000')
  await expect.poll(() => page.element.session?.state.get().budget.tokens).toBe(4_000)
  page.element.setAttribute('locale', 'de')
  await expect.poll(() => page.field().placeholder).toContain('Nachricht')
  page.element.setAttribute('locale', 'ar')
  await expect.poll(() => getComputedStyle(page.part('.bfw-frame')).direction).toBe('rtl')
  page.element.setAttribute('readonly', '')
  await expect.poll(() => page.count('[part=input]')).toBe(0)
  page.element.removeAttribute('readonly')
  page.element.setAttribute('session', 'another')
  await page.element.ready
  expect(page.element.session?.id).toBe('another')
})

test('[ELEM7] a hostile style sheet of the page reaches nothing inside', async () => {
  const style = document.head.appendChild(document.createElement('style'))
  onTestFinished(() => style.remove())
  style.textContent =
    'body * { all: unset !important; display: none !important; color: red !important; font-size: 99px !important }' +
    ' body, div { display: block !important }'
  const page = await openChatPage()
  const { display, fontSize, color } = getComputedStyle(page.field())
  expect(page.field().getBoundingClientRect().width).toBeGreaterThan(100)
  expect(display).not.toBe('none')
  expect(Number.parseFloat(fontSize)).toBeLessThan(30)
  expect(color).not.toBe('rgb(255, 0, 0)')
  expect(getComputedStyle(page.element).display).toBe('block')
})

test('[ELEM10] the bubble opens, takes the focus, closes by Escape and gives the focus back', async () => {
  const told: boolean[] = []
  const page = await openChatPage({
    attributes: { position: 'bubble' },
    setUp: (element) =>
      element.addEventListener('backfold-toggle', ({ detail }) => void told.push(detail.open)),
  })
  const launcher = (): HTMLElement => page.part('[part=launcher]')
  expect(page.count('[part=window]')).toBe(0)
  launcher().focus()
  launcher().click()
  await expect
    .poll(() => page.element.shadowRoot?.activeElement?.getAttribute('part'))
    .toBe('input')
  expect(page.part('[part=window]').getAttribute('role')).toBe('dialog')
  page.key('Escape')
  await expect.poll(() => page.count('[part=window]')).toBe(0)
  await expect
    .poll(() => page.element.shadowRoot?.activeElement?.getAttribute('part'))
    .toBe('launcher')
  page.element.open()
  await expect.poll(() => page.count('[part=window]')).toBe(1)
  page.element.close()
  await expect.poll(() => page.element.isOpen).toBe(false)
  expect(told).toEqual([true, false, true, false])
})

test('[CHAT17] the composer: new lines, composed characters, history by arrow keys, editing cancelled', async () => {
  const page = await openChatPage()
  page.element.respond = async function* () {
    yield 'ok'
  }
  for (const text of ['one', 'two']) await page.element.send(text)
  page.element.focus()
  page.write('日本')
  page.key('Enter', { isComposing: true })
  page.key('Enter', { shiftKey: true })
  expect(page.element.chat?.state.get().items).toHaveLength(4)
  page.key('ArrowUp')
  expect(page.field().value).toBe('日本')
  page.write('')
  page.key('ArrowUp')
  await expect.poll(() => page.field().value).toBe('two')
  page.key('ArrowUp')
  await expect.poll(() => page.field().value).toBe('one')
  page.key('ArrowDown')
  page.key('ArrowDown')
  await expect.poll(() => page.field().value).toBe('')
  page.element.chat?.edit(1)
  await expect.poll(() => page.count('[part=editing]')).toBe(1)
  page.key('Escape')
  await expect.poll(() => page.count('[part=editing]')).toBe(0)
})

test('[CHAT17] files are pasted and dropped into chips, and removed again', async () => {
  const page = await openChatPage()
  const data = new DataTransfer()
  data.items.add(new File(['hello'], 'note.txt', { type: 'text/plain' }))
  const init = { clipboardData: data, bubbles: true, cancelable: true }
  page.field().dispatchEvent(new ClipboardEvent('paste', init))
  await expect.poll(() => page.count('[part=attachment]')).toBe(1)
  const drop = { dataTransfer: data, bubbles: true, cancelable: true }
  page.part('[part=composer]').dispatchEvent(new DragEvent('drop', drop))
  await expect.poll(() => page.count('[part=attachment]')).toBe(2)
  page.button(/remove note.txt/i).click()
  await expect.poll(() => page.count('[part=attachment]')).toBe(1)
})

test('[ELEM8] a template of the host is put to each answer, and tells what was pressed', async () => {
  const page = await openChatPage({
    setUp: (element) => {
      element.innerHTML =
        '<template slot="message-actions"><button data-action="ticket">Ticket</button></template>' +
        '<b slot="header">hosts own</b>'
      element.respond = async function* () {
        yield 'ok'
      }
    },
  })
  const told: unknown[] = []
  page.element.addEventListener('backfold-action', ({ detail }) => {
    told.push(detail.action, detail.message.seq)
  })
  await page.element.send('one')
  await expect.poll(() => page.count('[data-action=more]')).toBe(2)
  page.part('[data-action=more]').click()
  await expect.poll(() => page.count('[data-action=ticket]')).toBe(1)
  page.part('[data-action=ticket]').click()
  expect(told).toEqual(['ticket', 1])
})

test('[ELEM10] with an answer, a fold and an open panel there is no violation that axe finds', async () => {
  const page = await openChatPage({ attributes: { position: 'side', open: '' } })
  page.element.respond = async function* () {
    yield '# Title\n\n- one\n- two\n\n`code`'
  }
  await page.element.send('go')
  page.button(/what is in the context/i).click()
  await expect.poll(() => page.count('[part=panel]')).toBe(1)
  const { violations } = await axe.run(page.box, {
    rules: { region: { enabled: false } },
  })
  expect(violations.map(({ id, nodes }) => [id, nodes.map(({ html }) => html)])).toEqual([])
})

test('[ELEM1] a second copy of the library leaves the first in place and says so', async () => {
  const { defineElement } = await import('../../src/widget/element/define-element.ts')
  const warn = vi.spyOn(console, 'warn').mockImplementation(() => {})
  onTestFinished(() => warn.mockRestore())
  const first = customElements.get('backfold-chat')
  defineElement('backfold-chat', class extends HTMLElement {})
  expect(customElements.get('backfold-chat')).toBe(first)
  expect(warn).toHaveBeenCalledTimes(1)
})

test('[ELEM3] what a host prevents stays in the composer, and what failed to open is tried again', async () => {
  const page = await openChatPage({
    setUp: (element) =>
      element.addEventListener('backfold-send', (event) => event.preventDefault()),
  })
  page.write('no')
  page.key('Enter')
  expect(page.field().value).toBe('no')
  expect(await arrived()).toEqual([])
  const box = document.body.appendChild(document.createElement('div'))
  onTestFinished(() => box.remove())
  const element = document.createElement('backfold-chat')
  element.setAttribute('database', `broken-${crypto.randomUUID()}`)
  let isBroken = true
  const { spawnWorker } = await import('../../src/client/spawn-worker.ts')
  element.openOptions = {
    spawnWorker: () => {
      if (isBroken) throw new TypeError('not now')
      return spawnWorker()
    },
  }
  box.append(element)
  const failure = await element.ready.catch((thrown: unknown) => thrown)
  expect(failure).toBeInstanceOf(Error)
  isBroken = false
  const look = lookInto(element, box)
  await expect.poll(() => look.count('[role=alert]')).toBe(1)
  look.button(/try again/i).click()
  await expect.poll(() => element.chat !== null).toBe(true)
})
