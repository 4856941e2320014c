import { expect, test } from 'vitest'
import { findLayer, findTurns } from '../../extension/sites/dom/find-turns.ts'
import { healthOf } from '../../extension/sites/dom/health-of.ts'
import { readTurn } from '../../extension/sites/dom/read-turn.ts'
import { SITE_DOMS } from '../../extension/sites/dom/site-doms.ts'
import { recogniseSite } from '../../extension/sites/recognise-site.ts'
import { SITE_IDS, type SiteId } from '../../extension/sites/site.ts'
import { SITES } from '../../extension/sites/sites.ts'
import { GENERATIONS, parseFixture, type Generation } from './site-fixtures.ts'

const OAK = `Sharpen the **blade** first , then:

2. set the \`frog\`
3. plane along the [grain](https://wood.example/grain)
   - thin
   - even

\`\`\`sh
hone --angle 30
echo "<b>not bold</b>"
\`\`\`

The angle is $\\alpha = 30^\\circ$.

| Wood | Angle |
| --- | --- |
| oak | 30 |
| ash \\| elm | 25 |`

const HOSTILE = '<img src=x onerror="alert(1)"> <script>alert(2)</script>'

const chatgpt = (id: number): string => `6a0e0000-0000-4000-8000-${String(id).padStart(12, '0')}`
const grok = (id: number): string => `9a0c0000-0000-4000-8000-${String(id).padStart(12, '0')}`

type Line = readonly [id: string | null, role: 'user' | 'assistant' | null, text: string]

/** ChatGPT since 2025 says the same in all its layouts, but for what it said while it worked. */
const planing = (before = ''): readonly Line[] => [
  [chatgpt(1), 'user', 'How do I *plane* oak?\nIt is 2 m long.'],
  [chatgpt(2), 'assistant', before + OAK],
  [chatgpt(3), 'user', HOSTILE],
  [chatgpt(4), 'assistant', 'That is *markup*, not an image.\n\n[Image: An oak plank]'],
]

const bread = (isKeyed: boolean): readonly Line[] => [
  [isKeyed ? '1' : null, isKeyed ? 'user' : null, 'Why does dough rise?'],
  [
    isKeyed ? '2' : null,
    'assistant',
    `${isKeyed ? '(Yeast.) ' : ''}Yeast makes gas.\n\n\`\`\`\nlet a = 1\n\`\`\``,
  ],
  [isKeyed ? '4' : null, 'user', 'And salt?'],
  [isKeyed ? '5' : null, 'assistant', '> Salt slows it.'],
]

const comets = (thought: string): readonly Line[] => [
  [grok(1), 'user', 'Name a comet.'],
  [grok(2), 'assistant', `${thought}### Halley\n\nSeen in 1986.`],
  [grok(4), 'user', 'When does it come back?'],
  [grok(5), 'assistant', `${thought}In 2061.`],
]

const moss: readonly Line[] = [
  [null, 'user', 'Which moss is soft?'],
  [null, 'assistant', 'Sphagnum.'],
  [null, 'user', 'Where does it grow?'],
  [null, 'assistant', 'In bogs.'],
]

/** What each page says, the layer that reads it, its health, and how many elements each rule of the layer matches. */
const EXPECTED: Readonly<
  Record<
    string,
    readonly [layer: string, state: string, counts: readonly number[], lines: readonly Line[]]
  >
> = {
  'chatgpt/2026-10': ['canonical', 'ok', [2, 2], planing()],
  'chatgpt/2026-03': ['2026-03', 'fallback', [2, 3], planing('Let me look.\n\n')],
  'chatgpt/2025-01': ['2025-01', 'fallback', [2, 3], planing('Let me look.\n\n')],
  'claude/2026-08': [
    'canonical',
    'partial',
    [2, 2],
    [
      [null, 'user', 'When is high tide?'],
      [
        null,
        'assistant',
        '(Count the hours.) At **06:10**, twelve hours apart.\n\n```python\nprint(1)\n```',
      ],
      [null, 'user', 'And tomorrow?'],
      [null, 'assistant', '(Count the hours.) - At 06:58\n- At 19:20'],
    ],
  ],
  'claude/2025-01': [
    '2025-01',
    'partial',
    [2, 2],
    [
      [null, 'user', 'When is high tide?'],
      [null, 'assistant', 'At **06:10**, twelve hours apart.\n\n```python\nprint(1)\n```'],
      [null, 'user', 'And tomorrow?'],
      [null, 'assistant', '- At 06:58\n- At 19:20'],
    ],
  ],
  'gemini/2026-01': [
    'canonical',
    'ok',
    [2, 2],
    [
      ['r_01#query', 'user', 'What does\na dormouse eat?'],
      [
        'r_01',
        'assistant',
        '(Small rodents.) Nuts & **seeds**:\n\n```python\nprint("nut")\n```\n\nAbout $x^2$ a day.',
      ],
      ['r_02#query', 'user', 'And in winter?'],
      ['r_02', 'assistant', 'It sleeps.'],
    ],
  ],
  'gemini/2024-02': [
    '2024-02',
    'fallback',
    [1, 1],
    [
      [null, 'user', 'What does a dormouse eat?'],
      [null, 'assistant', 'Nuts.'],
    ],
  ],
  'deepseek/2026-03': ['canonical', 'ok', [2, 2], bread(true)],
  'deepseek/2025-06': ['2025-06', 'fallback', [2, 2], bread(true)],
  'deepseek/2026-10': ['2026-10', 'partial', [2, 2], bread(false)],
  'grok/2026-01': ['canonical', 'ok', [2, 2], comets('(One that all know.) ')],
  'grok/2025-03': ['2025-03', 'fallback', [2, 2, 0], comets('')],
  'perplexity/2026-08': ['canonical', 'partial', [2, 2], moss],
  'perplexity/2025-01': ['2025-01', 'partial', [2, 2], moss],
}

const linesOf = (site: SiteId, document: Document): readonly Line[] =>
  (findLayer(document, SITE_DOMS[site])?.turns ?? []).map((turn) => {
    const parts = readTurn(turn, SITE_DOMS[site].leaveOut)
    const said = parts.map((part) =>
      part.type === 'reasoning' ? `(${part.text})` : part.type === 'text' ? part.text : part.type,
    )
    return [turn.id, turn.role, said.join(' ')]
  })

const CASES = GENERATIONS.map(
  (generation) => [`${generation.site}/${generation.fixture}`, generation] as const,
)

test('[DOM1] every site has pages of two layouts at least, and each of them is expected', () => {
  expect(CASES.map(([name]) => name).toSorted()).toEqual(Object.keys(EXPECTED).toSorted())
  for (const site of SITE_IDS) {
    expect(GENERATIONS.filter((generation) => generation.site === site).length).toBeGreaterThan(1)
  }
})

test.each(CASES)('[DOM1, DOM6] %s reads as it is', (name, generation) => {
  const [layerName, state, counts, lines] = EXPECTED[name] ?? []
  const document = parseFixture(generation)
  const found = findLayer(document, SITE_DOMS[generation.site])
  expect(linesOf(generation.site, document)).toEqual(lines)
  expect(found?.layer.name).toBe(layerName)
  expect(found?.layer.turns.map((rule) => document.querySelectorAll(rule.selector).length)).toEqual(
    counts,
  )
  const facts = { name: SITES[generation.site].name, isTemporary: false, isAwaited: true, found }
  const health = healthOf({ ...facts, hasResponses: false })
  expect(health.state).toBe(state)
  expect(health.detail === '').toBe(state === 'ok')
  expect(health.detail).toMatch(/^[ -~]*$/)
  expect(document.querySelectorAll(SITES[generation.site].composer.join(',')).length).toBeLessThan(
    3,
  )
})

test.each(CASES)(
  '[DOM2, DOM5] %s is known by its newest layout, and is nothing to other sites',
  (name, generation) => {
    const document = parseFixture(generation)
    for (const site of SITE_IDS) {
      if (site !== generation.site) expect(findLayer(document, SITE_DOMS[site]), site).toBe(null)
    }
    const place = { hostname: '127.0.0.1', pathname: '/' }
    const isNewest = EXPECTED[name]?.[0] === 'canonical'
    expect(recogniseSite(place, document)).toBe(isNewest ? generation.site : null)
    const [hostname = ''] = SITES[generation.site].hosts
    expect(recogniseSite({ ...place, hostname }, new Document())).toBe(generation.site)
  },
)

/** The same page with attributes and classes that no one knows, in another order. */
const shuffled = (generation: Generation): Document => {
  const document = parseFixture(generation)
  for (const [index, element] of document.querySelectorAll('*').entries()) {
    const kept = Array.from(element.attributes, ({ name, value }) => [name, value] as const)
    for (const [name] of kept) element.removeAttribute(name)
    element.setAttribute(`data-x${index % 7}`, `${index}`)
    for (const [name, value] of kept.toReversed()) element.setAttribute(name, value)
    element.classList.add(`_${(index * 7_919).toString(36)}`)
  }
  return document
}

test.each(CASES)('[DOM2] what is not known changes nothing in %s', (_name, generation) => {
  const { site } = generation
  expect(linesOf(site, shuffled(generation))).toEqual(linesOf(site, parseFixture(generation)))
})

test('[DOM5] pages without a chat, and with one side of it, are no site', () => {
  const parse = (html: string): Document => new DOMParser().parseFromString(html, 'text/html')
  const place = { hostname: 'news.example', pathname: '/c/1' }
  const pages = [
    '',
    '<article><h1>News</h1><p>Words</p></article>',
    '<div class="prose">a</div><div class="message-bubble">b</div>',
    '<div data-testid="user-message">hi</div>',
    '<user-query>hi</user-query><model-response>ho</model-response>',
  ]
  for (const page of pages) expect(recogniseSite(place, parse(page)), page).toBe(null)
  expect(recogniseSite({ ...place, hostname: 'evil-chatgpt.com' }, parse(''))).toBe(null)
  expect(recogniseSite({ ...place, hostname: 'chatgpt.com.evil.example' }, parse(''))).toBe(null)
})

test('[DOM3] roles come from neighbours only where both say theirs', () => {
  const layer = SITE_DOMS.grok.layers[1]
  if (layer === undefined) throw new Error('no layer')
  const page = (sides: readonly string[]): Document =>
    new DOMParser().parseFromString(
      sides
        .map((side, index) => `<div id="response-${grok(index)}" class="${side}">x</div>`)
        .join(''),
      'text/html',
    )
  const roles = (...sides: readonly string[]) =>
    findTurns(page(sides), layer).map(({ role }) => role)
  expect(roles('items-end', '', 'items-end')).toEqual(['user', 'assistant', 'user'])
  expect(roles('items-start', '', 'items-start')).toEqual(['assistant', 'user', 'assistant'])
  expect(roles('items-end', '', 'items-start')).toEqual(['user', null, 'assistant'])
  expect(roles('', 'items-start', '')).toEqual([null, 'assistant', null])
  expect(roles('items-end', '', '', 'items-end')).toEqual(['user', null, null, 'user'])
})

test('[DOM3] ids that a page makes up are none', () => {
  const layer = SITE_DOMS.chatgpt.layers[3]
  if (layer === undefined) throw new Error('no layer')
  const idOf = (id: string): string | null | undefined => {
    const html = `<div data-message-author-role="user" data-message-id="${id}">x</div>`
    return findTurns(new DOMParser().parseFromString(html, 'text/html'), layer)[0]?.id
  }
  expect(idOf(chatgpt(1))).toBe(chatgpt(1))
  for (const id of [
    '',
    'placeholder-request-1',
    `placeholder-${chatgpt(1)}`,
    '1',
    'x'.repeat(1_000),
  ]) {
    expect(idOf(id), id).toBe(null)
  }
})
