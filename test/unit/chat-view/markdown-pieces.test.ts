import fc from 'fast-check'
import katex from 'katex'
import { expect, test } from 'vitest'
import { findMaths } from '../../../src/widget/chat-view/markdown/find-maths.ts'
import { judgeImage } from '../../../src/widget/chat-view/markdown/judge-image.ts'
import { judgeLink } from '../../../src/widget/chat-view/markdown/judge-link.ts'
import { lexMarkdown } from '../../../src/widget/chat-view/markdown/lex-markdown.ts'
import { mendTail } from '../../../src/widget/chat-view/markdown/mend-tail.ts'
import { plainCode, plainName } from '../../../src/widget/chat-view/markdown/plain-name.ts'
import { readMathml } from '../../../src/widget/chat-view/markdown/read-mathml.ts'

test.each([
  ['$x$', 'x'],
  ['$x$, so', 'x'],
  ['$2 + 2$', '2 + 2'],
  ['$10^3$ m', '10^3'],
  ['$5x$', '5x'],
  ['$\\frac{1}{2}$', '\\frac{1}{2}'],
  ['\\(a, b\\)', 'a, b'],
  ['$$a$$', 'a'],
  ['\\[a\\]', 'a'],
  ['$5 and $10', null],
  ['$5, or 10$ then', null],
  ['$1,200 per month or 900$', null],
  ['$5$', null],
  ['$20-$30', null],
  ['$ x $', null],
  ['$HOME/$USER', null],
  ['$a', null],
  ['\\(', null],
  ['$$ $$', null],
])('[MDV6] maths in %j: %j', (text, tex) => {
  expect(findMaths(text, '')?.tex ?? null).toBe(tex)
  expect(findMaths(text, ' ')?.tex ?? null).toBe(tex)
})

test('[MDV6] a dollar behind a letter or digit begins no formula', () => {
  expect(findMaths('$5x$', 'S')).toBeNull()
  expect(lexMarkdown('US$5x$', {})[0]).toMatchObject({ tokens: [{ type: 'text' }] })
  expect(
    JSON.stringify(lexMarkdown('It costs $5 and $10, not $x$.', {})).match(/"maths"/g),
  ).toHaveLength(1)
  expect(JSON.stringify(lexMarkdown('`$x$` is code', {}))).not.toContain('"maths"')
})

test('[MDV2] whatever comes, the parser gives tokens', () => {
  const worst = [
    '['.repeat(8_000),
    '>'.repeat(8_000),
    '_a'.repeat(4_000),
    '$'.repeat(8_000),
    '\ud800',
  ]
  for (const text of worst) expect(lexMarkdown(text, {}).length).toBeGreaterThan(0)
  fc.assert(fc.property(fc.string(), (text) => void lexMarkdown(text, {})))
})

test.each([
  ['a **bold', 'a **bold**'],
  ['a **bo** an', 'a **bo** an'],
  ['a `co', 'a `co`'],
  ['a ~~x', 'a ~~x~~'],
  ['see [the page](https://exam', 'see the page'],
  ['see [the page](https://a.b) x', 'see [the page](https://a.b) x'],
  ['an ![image](https://a', 'an '],
  ['an ![ima', 'an '],
  ['half *', 'half '],
  ['one\n\n**two', 'one\n\n**two**'],
  ['| a | b |', '| a | b |\n| - | - |'],
  ['| a | b |\n|--', '| a | b |\n| - | - |'],
  ['| a | b |\n|---|---|\n| c', '| a | b |\n|---|---|\n| c'],
])('[MDV3] while it comes, %j is drawn as %j', (text, mended) => {
  expect(mendTail(text)).toBe(mended)
})

test.each([
  ['https://a.example/x?y', 'here', 'https://a.example/x?y', null],
  ['https://evil.example/', 'https://bank.example/login', 'https://evil.example/', 'evil.example'],
  ['https://evil.example/', 'bank.example', 'https://evil.example/', 'evil.example'],
  ['https://evil.example/', 'go to bank.example now', 'https://evil.example/', 'evil.example'],
  ['https://www.a.example/', 'a.example', 'https://www.a.example/', null],
  ['https://bank.example@evil.example/', 'x', 'https://bank.example@evil.example/', 'evil.example'],
  ['https://аррӏе.com/', 'аррӏе.com', 'https://xn--80ak6aa92e.com/', 'xn--80ak6aa92e.com'],
  ['mailto:a@b.example', 'mail', 'mailto:a@b.example', null],
])('[MDV8] the link %s with the text %j', (href, text, to, host) => {
  expect(judgeLink(href, text)).toEqual({ href: to, host })
})

test.each([
  'javascript:alert(1)',
  ' javascript:alert(1)',
  'java\nscript:alert(1)',
  'data:text/html,x',
  'vbscript:x',
  'file:///etc/passwd',
  'blob:https://a.example/1',
  '//evil.example',
  '/path',
  '#here',
  'https://',
  'ftp://a.example',
  '',
])('[MDV8] %j is no link', (href) => {
  expect(judgeLink(href, 'x')).toBeNull()
})

test.each([
  ['data:image/png;base64,AA', 'none', 'draw'],
  ['blob:https://a.example/1', 'none', 'draw'],
  ['data:text/html,x', 'all', 'none'],
  ['https://cdn.example/x.png', 'none', 'ask'],
  ['https://cdn.example/x.png', 'all', 'draw'],
  ['https://cdn.example/x.png', 'same-origin', 'ask'],
  ['https://own.example/x.png', 'same-origin', 'draw'],
  ['https://cdn.example/x.png', ['cdn.example'], 'draw'],
  ['https://cdn.example.evil.example/x.png', ['cdn.example'], 'ask'],
  ['//cdn.example/x.png', 'all', 'none'],
  ['/x.png', 'same-origin', 'none'],
  ['javascript:1', 'all', 'none'],
] as const)('[MDV9] the image %s where %j is allowed: %s', (url, allow, kind) => {
  expect(judgeImage(url, allow, 'https://own.example').kind).toBe(kind)
})

test('[MDV12] names can not turn directions or break lines', () => {
  expect(plainName('invoice\u202egpj.exe')).toBe('invoicegpj.exe')
  expect(plainName('a\u0000\n b\u2066')).toBe('a b')
  expect(plainName('x'.repeat(500))).toHaveLength(200)
  expect(plainCode('if (a) {\u202e}')).toBe('if (a) {[U+202E]}')
})

test('[MDV7] a formula is read as plain data, and nothing in it links or loads', () => {
  const render = (tex: string): string =>
    katex.renderToString(tex, { output: 'mathml', trust: false, strict: 'ignore' })
  expect(JSON.stringify(readMathml(render('\\frac{a}{b} < c')))).toContain('"mfrac"')
  expect(JSON.stringify(readMathml(render('\\text{a \\& "b"}')))).toMatch(/a\W&\W/)
  for (const tex of [
    '\\boxed{x}',
    '\\color{red} x',
    '\\begin{pmatrix}1&2\\\\3&4\\end{pmatrix}',
    '\\sum_{i=0}^n',
  ]) {
    expect(readMathml(render(tex))).not.toBeNull()
    expect(JSON.stringify(readMathml(render(tex)))).not.toMatch(/annotation|"style":|href/)
  }
  const forged =
    '<span><math href="https://evil.example"><mi onclick="x()">a</mi><img src="x"/></math></span>'
  expect(readMathml(forged)).toEqual({
    name: 'math',
    attributes: {},
    children: [{ name: 'mi', attributes: {}, children: ['a'] }],
  })
  expect(readMathml('<math><mi>a</math>')).toBeNull()
  fc.assert(fc.property(fc.string(), (text) => void readMathml(text)))
})
