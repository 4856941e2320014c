import { expect, onTestFinished, test, vi } from 'vitest'
import { createDomWatcher, type DomWatcher } from '../../extension/sites/create-dom-watcher.ts'
import { lookAtPage, newWatch, noteChanges } from '../../extension/sites/dom/look-at-page.ts'
import { SITE_DOMS } from '../../extension/sites/dom/site-doms.ts'
import type { AdapterHealth, Captured, SiteId } from '../../extension/sites/site.ts'
import { fixtureText, type Generation } from './site-fixtures.ts'

const chat = (id: string): string => `https://chatgpt.com/c/${id}`
const uuid = (id: number): string => `6a0e0000-0000-4000-8000-${String(id).padStart(12, '0')}`

interface Watching {
  readonly document: Document
  readonly watcher: DomWatcher
  readonly captured: readonly Captured[]
  readonly health: readonly AdapterHealth[]
  /** Ids of the turns of each stretch, in the order in which they were told. */
  readonly told: () => readonly (readonly string[])[]
  place: string
}

/** A page in a frame, and a watcher on it. */
function watch(site: SiteId, html: string, place: string, hasResponses = false): Watching {
  const frame = document.createElement('iframe')
  window.document.body.append(frame)
  const page = frame.contentDocument
  if (page === null) throw new Error('no page')
  const parsed = new DOMParser().parseFromString(html, 'text/html')
  page.replaceChild(page.adoptNode(parsed.documentElement), page.documentElement)
  const captured: Captured[] = []
  const health: AdapterHealth[] = []
  const state = { place }
  const watcher = createDomWatcher({
    site,
    document: page,
    tell: (told) => void ('kind' in told ? captured.push(told) : health.push(told)),
    hasResponses: () => hasResponses,
    address: () => state.place,
  })
  onTestFinished(() => {
    watcher.stop()
    frame.remove()
  })
  const told = (): readonly (readonly string[])[] =>
    captured.map(({ turns }) => turns.map(({ id }) => id))
  return Object.assign(state, { document: page, watcher, captured, health, told })
}

const message = (id: number, role: string, text: string): string =>
  `<section data-turn-id="t${id}"><div data-message-author-role="${role}" data-message-id="${uuid(id)}"><div class="${
    role === 'user' ? 'whitespace-pre-wrap' : 'markdown'
  }">${text}</div></div></section>`

const thread = (from: number, to: number): string =>
  Array.from({ length: to - from + 1 }, (_, index) => {
    const id = from + index
    return message(id, id % 2 === 1 ? 'user' : 'assistant', `text ${id}`)
  }).join('')

const add = (page: Document, html: string, where: InsertPosition = 'beforeend'): void => {
  const parsed = new DOMParser().parseFromString(html, 'text/html')
  const main = page.querySelector('main')
  const nodes = [...parsed.body.childNodes]
  for (const node of where === 'beforeend' ? nodes : nodes.toReversed()) {
    main?.insertAdjacentElement(where, page.adoptNode(node) as Element)
  }
}

const pause = (ms: number): Promise<void> => new Promise((resolve) => void setTimeout(resolve, ms))

const GENERATION: Generation = { site: 'chatgpt', fixture: '2026-10' }

test('[DOM1, DOM6, DOM9] what is mounted is told once, with the health of the adapter', async () => {
  const page = watch('chatgpt', fixtureText(GENERATION), chat('one'))
  await expect.poll(() => page.told().flat()).toContain(uuid(4))
  expect(
    page.captured.every(({ site, conversation }) => site === 'chatgpt' && conversation === 'one'),
  ).toBe(true)
  expect(page.captured.every((one) => one.kind === 'turns' && one.from === 'page')).toBe(true)
  expect(page.told()[0]).toEqual([uuid(1), uuid(2), uuid(3)])
  expect(page.told().at(-1)).toEqual([uuid(3), uuid(4)])
  expect(page.health).toEqual([{ state: 'ok', layer: 'canonical', detail: '' }])
  const told = page.captured.length
  page.document.body.append(page.document.createElement('aside'))
  await pause(700)
  expect(page.captured.length).toBe(told)
})

test('[DOM4, DOM9] a virtual list is told in stretches, and nothing across a gap', async () => {
  const page = watch('chatgpt', `<main>${thread(11, 16)}</main>`, chat('one'))
  await expect.poll(() => page.told().flat()).toContain(uuid(16))
  const main = page.document.querySelector('main')
  const before = page.captured.length
  // It scrolls up: the lower half goes, an upper part and an empty placeholder come.
  for (const id of [14, 15, 16]) main?.querySelector(`[data-turn-id="t${id}"]`)?.remove()
  add(page.document, thread(1, 4) + message(5, 'user', ''), 'afterbegin')
  await expect.poll(() => page.told().flat()).toContain(uuid(1))
  await pause(700)
  const later = page.told().slice(before)
  expect(later).toEqual([[uuid(1), uuid(2), uuid(3), uuid(4)]])
  // What was in between comes: now it is known what it stands between.
  const placeholder = main?.querySelector('[data-turn-id="t5"] .whitespace-pre-wrap')
  if (placeholder) placeholder.textContent = 'text 5'
  placeholder?.closest('section')?.insertAdjacentHTML('afterend', thread(6, 10))
  await expect.poll(() => page.told().flat()).toContain(uuid(10))
  const joined = page.told().at(-1)
  expect(joined).toEqual([4, 5, 6, 7, 8, 9, 10, 11].map(uuid))
  for (const stretch of page.told()) expect(stretch).toEqual(stretch.toSorted())
})

test('[DOM3, DOM4, DOM6] what has no id parts the others, and is said to be missing', async () => {
  const html = `<main>${thread(1, 6).replace(uuid(3), 'placeholder-request-3')}</main>`
  const page = watch('chatgpt', html, chat('one'))
  await expect.poll(() => page.told().flat()).toContain(uuid(6))
  expect(page.told()[0]).toEqual([uuid(1), uuid(2)])
  expect(page.told().slice(1).flat()).not.toContain(uuid(2))
  expect(page.health.at(-1)?.state).toBe('partial')
  expect(page.health.at(-1)?.detail).toContain('Some messages have no name')
})

test('[DOM10] an answer is told once it is whole, and its question at once', async () => {
  const html = `<main>${thread(1, 2)}</main><button data-testid="stop-button" aria-label="إيقاف"></button>`
  const page = watch('chatgpt', html, chat('one'))
  await expect.poll(() => page.told()).toEqual([[uuid(1)]])
  const answer = page.document.querySelector('.markdown')
  for (let i = 0; i < 6; i += 1) {
    answer?.append(` and ${i}`)
    await pause(150)
  }
  expect(page.told()).toEqual([[uuid(1)]])
  page.document.querySelector('[data-testid="stop-button"]')?.remove()
  const stopped = performance.now()
  answer?.append(' end')
  await expect.poll(() => page.told().length).toBe(2)
  expect(performance.now() - stopped).toBeGreaterThan(1_000)
  const [, whole] = page.captured
  expect(whole?.turns.at(-1)?.parts).toEqual([
    { type: 'text', text: 'text 2 and 0 and 1 and 2 and 3 and 4 and 5 end' },
  ])
})

test('[DOM9] an answer that changes later is told again', async () => {
  const page = watch('chatgpt', `<main>${thread(1, 4)}</main>`, chat('one'))
  await expect.poll(() => page.told().flat()).toContain(uuid(4))
  const before = page.captured.length
  const answer = page.document.querySelector('.markdown')
  if (answer) answer.textContent = 'another text'
  await expect.poll(() => page.captured.length).toBe(before + 1)
  expect(page.told().at(-1)).toEqual([uuid(1), uuid(2)])
  expect(page.captured.at(-1)?.turns[1]?.parts).toEqual([{ type: 'text', text: 'another text' }])
})

test('[DOM11] what is left of one conversation is not told of the next', async () => {
  const page = watch('chatgpt', `<main>${thread(1, 4)}</main>`, chat('one'))
  await expect.poll(() => page.told().flat()).toContain(uuid(4))
  page.place = chat('two')
  page.document.body.append(page.document.createElement('i'))
  await pause(700)
  expect(page.captured.every(({ conversation }) => conversation === 'one')).toBe(true)
  page.document.querySelector('main')?.replaceChildren()
  add(page.document, thread(21, 24))
  await expect.poll(() => page.told().flat()).toContain(uuid(24))
  const two = page.captured.filter(({ conversation }) => conversation === 'two')
  expect(two.flatMap(({ turns }) => turns.map(({ id }) => id))).toEqual(
    expect.not.arrayContaining([uuid(1)]),
  )
})

test('[DOM11] a new chat is the same once it has an address', async () => {
  const page = watch('chatgpt', `<main>${thread(1, 2)}</main>`, 'https://chatgpt.com/')
  await pause(700)
  expect(page.captured).toEqual([])
  expect(page.health.at(-1)?.state).toBe('fallback')
  page.place = chat('new')
  page.document.body.append(page.document.createElement('i'))
  await expect.poll(() => page.told()).toEqual([[uuid(1)], [uuid(1), uuid(2)]])
  expect(page.captured.every(({ conversation }) => conversation === 'new')).toBe(true)
})

test('[SITE11, DOM11] of a temporary chat nothing is told', async () => {
  const byAddress = watch('chatgpt', fixtureText(GENERATION), `${chat('one')}?temporary-chat=true`)
  const html = fixtureText({ site: 'gemini', fixture: '2026-01' })
  const marked = html.replace('<chat-window>', '<chat-window class="temporary-chat">')
  expect(marked).not.toBe(html)
  const byPage = watch('gemini', marked, 'https://gemini.google.com/app/aa11')
  await expect.poll(() => [byAddress, byPage].every(({ health }) => health.length > 0)).toBe(true)
  await pause(1_800)
  expect([...byAddress.captured, ...byPage.captured]).toEqual([])
  expect(byPage.health.map(({ state }) => state)).toEqual(['none'])
})

test('[DOM6] a page that is not recognised says so after a while, and a page without ids says what to do', async () => {
  const changed = watch('chatgpt', '<main><p>all new</p></main>', chat('one'))
  const claude = fixtureText({ site: 'claude', fixture: '2026-08' })
  const address = 'https://claude.ai/chat/0b5e'
  const bare = watch('claude', claude, address)
  const fed = watch('claude', claude, address, true)
  await expect.poll(() => changed.health.at(-1)?.detail).toContain('No messages are recognised')
  expect(changed.health.map(({ state, detail }) => [state, detail !== ''])).toEqual([
    ['none', false],
    ['none', true],
  ])
  expect(bare.health.map(({ state }) => state)).toEqual(['partial'])
  expect(bare.health[0]?.detail).toContain('reload the page once')
  expect(fed.health).toEqual([{ state: 'ok', layer: 'canonical', detail: '' }])
  expect([...changed.captured, ...bare.captured, ...fed.captured]).toEqual([])
})

test('[DOM12] a long page is read in slices, and a change reads what has changed', () => {
  const cells = '<td>a <b>b</b></td>'.repeat(5)
  const table = `<table>${`<tr>${cells}</tr>`.repeat(4)}</table>`
  const html = `<main>${thread(1, 1_500).replaceAll('</div></div></section>', `${table}</div></div></section>`)}</main>`
  const page = new DOMParser().parseFromString(html, 'text/html')
  const watched = newWatch(0)
  // A clock that moves on by a millisecond whenever it is read, which it is after each turn.
  let now = 0
  const reading = vi.spyOn(performance, 'now').mockImplementation(() => (now += 1))
  onTestFinished(() => reading.mockRestore())
  const costs: number[] = []
  const look = () => {
    const begun = now
    const seen = lookAtPage(
      { site: 'chatgpt', document: page, address: chat('one'), hasResponses: false, now },
      watched,
    )
    costs.push(now - begun)
    return seen
  }
  let looked = look()
  const told = [...looked.told]
  while (looked.again !== null) {
    looked = look()
    told.push(...looked.told)
    // The newest has to rest.
    now += looked.again ?? 0
    if (costs.length > 1_500) break
  }
  expect(told.flatMap((one) => ('kind' in one ? one.turns.map(({ id }) => id) : []))).toContain(
    uuid(1_500),
  )
  expect(costs.length).toBeGreaterThan(1_500 / 10)
  expect(Math.max(...costs)).toBeLessThan(10)
  const before = costs.length
  const changed = page.querySelector('.markdown')
  changed?.append(' more')
  noteChanges(changed === null ? [] : [{ target: changed }], SITE_DOMS.chatgpt, watched)
  const [again] = look().told
  expect(costs.length).toBe(before + 1)
  expect(again !== undefined && 'kind' in again ? again.turns.map(({ id }) => id) : []).toEqual([
    uuid(1),
    uuid(2),
  ])
})

test('[DOM13] a turn is scrolled to where it is mounted, and a stopped watcher tells nothing', async () => {
  const page = watch('chatgpt', `<main>${thread(1, 200)}</main>`, chat('one'))
  const view = page.document.defaultView
  expect(page.watcher.reveal(uuid(150))).toBe(true)
  expect(view?.scrollY).toBeGreaterThan(0)
  expect(page.watcher.reveal(uuid(999))).toBe(false)
  expect(page.watcher.reveal('"]{}')).toBe(false)
  page.watcher.stop()
  const told = page.captured.length
  add(page.document, message(201, 'user', 'more'))
  await pause(800)
  expect(page.captured.length).toBe(told)
})

test('[DOM9] a page of numbered messages says which is the first', async () => {
  const html = fixtureText({ site: 'deepseek', fixture: '2026-03' })
  const page = watch('deepseek', html, 'https://chat.deepseek.com/a/chat/s/d5e0')
  await expect.poll(() => page.told().flat()).toContain('5')
  expect(page.captured[0]).toMatchObject({ isFromStart: true, conversation: 'd5e0' })
})
