import fc from 'fast-check'
import type { ReactElement } from 'react'
import { expect, inject, test } from 'vitest'
import { ENGLISH } from '../../src/widget/chat-view/labels/english.ts'
import type { AllowImages } from '../../src/widget/chat-view/markdown/judge-image.ts'
import { Fallback } from '../../src/widget/chat-view/markdown/fallback.tsx'
import { MarkdownView } from '../../src/widget/chat-view/markdown/markdown-view.tsx'
import { ViewContext } from '../../src/widget/chat-view/view-settings.ts'
import { HOSTILE_MESSAGES } from '../support/hostile-messages.ts'
import type { Drawn } from './draw.tsx'
import { draw } from './draw.tsx'

interface ViewProps {
  readonly text: string
  readonly allowImages?: AllowImages
  readonly isGrowing?: boolean
}

function View({ text, allowImages = 'none', isGrowing = false }: ViewProps): ReactElement {
  return (
    <ViewContext.Provider value={{ labels: ENGLISH, isReadOnly: false, allowImages }}>
      <MarkdownView text={text} isGrowing={isGrowing} />
    </ViewContext.Provider>
  )
}

const show = (text: string, rest: Omit<ViewProps, 'text'> = {}): Drawn =>
  draw(<View text={text} {...rest} />)

test('[MDV4] Markdown is drawn as elements of its kind', async () => {
  const page = show(
    [
      '# One\n## Two',
      '**b** *i* ~~d~~ `c` <kbd>K</kbd> H<sub>2</sub>O a&amp;b &lt;x&gt; \\*no\\*',
      '3. c\n4. d\n   - e\n- [x] f',
      '> q\n> > r',
      '| a | b |\n|:-:|---|\n| 1 | <br>2 |',
      '[x](https://a.example) <https://b.example> https://c.example [r][ref]',
      '[ref]: https://d.example',
      '---\n\n    indented',
    ].join('\n\n'),
  )
  await expect.poll(() => page.count('h3')).toBe(1)
  expect(page.part('h4').textContent).toBe('Two')
  expect(page.text()).toContain('b i d c K H2O a&b <x> *no*')
  for (const name of [
    'strong',
    'em',
    'del',
    'kbd',
    'sub',
    'hr',
    'blockquote blockquote',
    'ol ul',
    'td br',
  ]) {
    expect(page.count(name), name).toBe(1)
  }
  expect(page.part('ol').getAttribute('start')).toBe('3')
  expect(page.part('[role="img"]').getAttribute('aria-label')).toBe('Done')
  const links = [...page.root.querySelectorAll('a')].map(({ href }) => href)
  expect(links).toEqual(['a', 'b', 'c', 'd'].map((host) => `https://${host}.example/`))
  expect(page.part('[part="code"] code').textContent).toBe('indented')
})

test('[MDV3] what is begun is drawn closed, and stays where it is when it ends', async () => {
  const page = show('Some **bo', { isGrowing: true })
  await expect.poll(() => page.count('strong')).toBe(1)
  page.draw(<View text={'Some **bold** word\n\n| a | b |'} isGrowing />)
  await expect.poll(() => page.count('th')).toBe(2)
  page.draw(
    <View
      text={'Some **bold** word\n\n| a | b |\n|---|---|\n| 1 | 2 |\n\n```ts\nlet a'}
      isGrowing
    />,
  )
  await expect.poll(() => page.text()).toContain('let a')
  expect(page.count('td')).toBe(2)
  expect(page.count('[part="code"]')).toBe(1)
})

test('[MDV1, MDV2] while a text grows, only its last block is drawn anew', async () => {
  const begin = '**first**\n\nsecond\n\n'
  const page = show(`${begin}th`, { isGrowing: true })
  await expect.poll(() => page.count('p')).toBe(3)
  const [first, second] = page.root.querySelectorAll('p')
  const seen: Node[] = []
  const watcher = new MutationObserver((all) => seen.push(...all.map(({ target }) => target)))
  watcher.observe(page.root, {
    subtree: true,
    childList: true,
    characterData: true,
    attributes: true,
  })
  page.draw(<View text={`${begin}third and more`} isGrowing />)
  await expect.poll(() => page.text()).toContain('third and more')
  expect(seen.length).toBeGreaterThan(0)
  expect(
    seen.some((node) => first?.contains(node) === true || second?.contains(node) === true),
  ).toBe(false)
})

test('[MDV2] an answer of 200 kB is drawn as it comes in linear time', async () => {
  const whole = Array.from(
    { length: 900 },
    (_, n) =>
      `## ${n}\n\nA **paragraph** with \`code\` and [a link](https://a.example/${n}), ${'words '.repeat(22)}`,
  ).join('\n\n')
  expect(whole.length).toBeGreaterThan(150_000)
  const page = show('', { isGrowing: true })
  const took: number[] = []
  const pieces = 60
  for (let n = 1; n <= pieces; n += 1) {
    const started = performance.now()
    page.draw(<View text={whole.slice(0, Math.floor((whole.length * n) / pieces))} isGrowing />)
    await new Promise(requestAnimationFrame)
    took.push(performance.now() - started)
  }
  await expect.poll(() => page.count('h4')).toBe(900)
  const sum = (from: number, to: number): number => took.slice(from, to).reduce((a, b) => a + b, 0)
  // Parsed from the beginning each time, the last pieces would take many times as long as the first.
  expect(sum(45, 60)).toBeLessThan(6 * sum(0, 15) + 500)
})

function Broken(): ReactElement {
  throw new Error('it can not be drawn')
}

test('[MDV2] what can not be drawn is held to its own place', async () => {
  const page = draw(
    <>
      <Fallback instead={<p>as it was written</p>}>
        <Broken />
      </Fallback>
      <p>and the rest</p>
    </>,
  )
  await expect.poll(() => page.text()).toBe('as it was writtenand the rest')
})

test('[MDV2] whatever the text is, it is drawn', async () => {
  const pieces = fc.constantFrom(
    ...'# |* |` |``` |$ |$$ |[ |](|) |! |< |> |<b>|</b>|<div>|<td>|<p>|<br>|| |-|1. |\n|\n\n|\\|&amp;|&#0;|\u0000|\ud800|x|  '.split(
      '|',
    ),
  )
  const page = show('')
  let n = 0
  await fc.assert(
    fc.asyncProperty(fc.array(pieces, { maxLength: 40 }), async (some) => {
      n += 1
      page.draw(<View text={`${some.join('')}\n\n~~~\n~~~\n\nthe end ${n}.`} />)
      await expect.poll(() => page.text(), { interval: 5 }).toContain(`the end ${n}.`)
    }),
    { numRuns: 60 },
  )
})

test('[MDV5] a code block names its language, copies all of it, and is cut short when long', async () => {
  const code = Array.from({ length: 200 }, (_, n) => `line ${n}`).join('\n')
  const page = show(`\`\`\`python title=x\n${code}\n\`\`\``)
  await expect.poll(() => page.count('[part="code"]')).toBe(1)
  expect(page.part('[part="code-language"]').textContent).toBe('python')
  expect(page.part('code').textContent.split('\n')).toHaveLength(60)
  page.press('[part="show-all"]')
  await expect.poll(() => page.part('code').textContent).toBe(code)
  const copied: string[] = []
  const clipboard = { writeText: async (text: string) => void copied.push(text) }
  Object.defineProperty(navigator, 'clipboard', { value: clipboard, configurable: true })
  page.press('[part~="copy"]')
  await expect.poll(() => copied).toEqual([code])
  await expect.poll(() => page.part('[part~="copy"]').getAttribute('aria-label')).toBe('Copied')
})

test('[MDV2] of a very long text the beginning is drawn, with a way to the rest', async () => {
  const page = show('A paragraph of words.\n\n'.repeat(5_000))
  await expect.poll(() => page.count('[part="show-rest"]')).toBe(1)
  expect(page.count('p')).toBeLessThan(2_000)
  page.press('[part="show-rest"]')
  await expect.poll(() => page.count('p')).toBe(5_000)
})

test('[MDV6, MDV7] maths is drawn as MathML, prices are not, and what is wrong stays source', async () => {
  const page = show(
    'It is $x^2$ for $5 and $10.\n\n$$\n\\frac{1}{2}\n$$\n\nBut $\\frac{$ and $\\href{https://a.example}{x}$ not.',
  )
  await expect.poll(() => page.count('math'), { timeout: 20_000 }).toBeGreaterThanOrEqual(2)
  expect(page.part('math msup').namespaceURI).toBe('http://www.w3.org/1998/Math/MathML')
  expect(page.part('math[display="block"] mfrac').textContent).toBe('12')
  expect(page.text()).toContain('for $5 and $10.')
  expect(page.text()).toContain('\\frac{')
  expect(page.count('a, [href]')).toBe(0)
})

test('[MDV8] links tell nothing and say where they lead', async () => {
  const page = show(
    '[bank.example](https://evil.example/x) [ok](https://a.example) [no](javascript:alert(1)) [rel](/x)',
  )
  await expect.poll(() => page.count('a')).toBe(2)
  const link = page.part('a')
  expect(link.textContent).toBe('bank.example (evil.example)')
  expect(link.getAttribute('rel')).toBe('noopener noreferrer nofollow')
  expect(link.getAttribute('target')).toBe('_blank')
  expect(link.getAttribute('referrerpolicy')).toBe('no-referrer')
  expect(page.text()).toContain('no rel')
})

/** What has been asked of the server. */
async function arrivals(origin: string): Promise<readonly string[]> {
  const answer = (await (await fetch(`${origin}/control/arrived`)).json()) as {
    readonly arrived: readonly { readonly path: string }[]
  }
  return answer.arrived.map(({ path }) => path)
}

test('[MDV9] an image of another host is asked for only when it is wanted or allowed', async () => {
  const origin = inject('fetchServer')
  await fetch(`${origin}/control/clear`, { method: 'POST' })
  const { host } = new URL(origin)
  const page = show(`![a chart](${origin}/secret.png)`)
  await expect.poll(() => page.count('[part="image-card"]')).toBe(1)
  expect(page.text()).toContain(`a chartImage from ${host}, not loaded`)
  expect(page.count('img')).toBe(0)
  expect(await arrivals(origin)).toEqual([])
  page.draw(<View text={`![d](${origin}/never.png)`} allowImages="never" />)
  await expect.poll(() => page.count('[part="load-image"]')).toBe(0)
  expect(page.text()).toContain(`Image from ${host}, not loaded`)
  page.draw(<View text={`![a chart](${origin}/secret.png)`} />)
  await expect.poll(() => page.count('[part="load-image"]')).toBe(1)
  page.press('[part="load-image"]')
  await expect.poll(() => arrivals(origin)).toContain('/secret.png')
  await expect.poll(() => page.text()).toContain(ENGLISH.imageFailed)
  page.draw(<View text={`![b](${origin}/allowed.png)`} allowImages={[host]} />)
  await expect.poll(() => arrivals(origin)).toContain('/allowed.png')
  page.draw(
    <View text="![c](data:image/gif;base64,R0lGODlhAQABAAAAACH5BAEKAAEALAAAAAABAAEAAAICTAEAOw==)" />,
  )
  await expect.poll(() => page.part('img').getAttribute('alt')).toBe('c')
})

const FORBIDDEN =
  'script, style, iframe, object, embed, form, input, textarea, select, link, meta, base, audio, video, source, track, ' +
  'svg:not(.bf-icon), template, portal, frame, applet, marquee, picture, slot, dialog, foreignObject'

test('[MDV10, MDV11] nothing in a message runs, loads or asks for anything', async () => {
  const origin = inject('fetchServer')
  await fetch(`${origin}/control/clear`, { method: 'POST' })
  const page = show('begin')
  // Loads the sanitiser, so that what follows is judged as it is drawn.
  page.draw(<View text="<div>ready</div>" />)
  await expect.poll(() => page.count('.bf-markdown > div')).toBe(1)
  for (const [name, write] of Object.entries(HOSTILE_MESSAGES)) {
    const text = write(`${origin}/leak/${encodeURIComponent(name)}`)
    page.draw(<View text={`${text}\n\nend of ${name}`} />)
    await expect.poll(() => page.text(), { message: name }).toContain(`end of ${name}`)
    await new Promise(requestAnimationFrame)
    expect(page.count(FORBIDDEN), name).toBe(0)
    for (const element of page.root.querySelectorAll('.bf-markdown *')) judge(element, name)
    page.draw(<View text={text} isGrowing />)
    await new Promise(requestAnimationFrame)
  }
  await new Promise(requestAnimationFrame)
  expect('hacked' in globalThis).toBe(false)
  expect(await arrivals(origin)).toEqual([])
})

const LINKS: readonly string[] = [
  'href',
  'src',
  'srcset',
  'action',
  'formaction',
  'poster',
  'background',
  'data',
  'ping',
  'xlink:href',
]

/** No element has an attribute that runs or asks for anything; links lead to the web only. */
function judge(element: Element, name: string): void {
  for (const { name: attribute, value } of element.attributes) {
    const place = `${name}: ${element.outerHTML.slice(0, 200)}`
    expect(attribute.startsWith('on'), place).toBe(false)
    expect(['style', 'id', 'name', 'ping', 'srcdoc', 'is'], place).not.toContain(attribute)
    if (!LINKS.includes(attribute)) continue
    expect(element.localName === 'a' || element.localName === 'img', place).toBe(true)
    expect(value, place).toMatch(
      element.localName === 'a' ? /^(?:https?:|mailto:)/ : /^(?:data:image|blob:)/,
    )
  }
}

test('[MDV10] harmless HTML is drawn, with the same rules for links and images', async () => {
  const html =
    '<details><summary>More</summary><p title="t">A <b>word</b> and <a href="https://evil.example">bank.example</a> <img src="https://x.example/a.png" alt="i"></p></details>'
  const page = show(html)
  await expect.poll(() => page.count('details')).toBe(1)
  expect(page.part('summary').textContent).toBe('More')
  expect(page.part('a').textContent).toBe('bank.example (evil.example)')
  expect(page.count('[part="image-card"]')).toBe(1)
})

test('[MDV4] tags that HTML does not know are words, and what stands between them is Markdown', async () => {
  const page = show(
    '<thinking>\nIt is **so**.\n</thinking>\n\n<MyPart a={1}> and Map<string, T> too',
  )
  await expect.poll(() => page.count('strong')).toBe(1)
  expect(page.text()).toBe('<thinking>It is so.</thinking><MyPart a={1}> and Map<string, T> too')
})

test('[MDV12] directions that are turned in code are written out', async () => {
  const page = show('```c\nif (ok) {\u202e }\n```')
  await expect.poll(() => page.text()).toContain('[U+202E]')
})
