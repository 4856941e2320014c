import fc from 'fast-check'
import { expect, test } from 'vitest'
import { readRendered } from '../../extension/sites/dom/read-rendered.ts'

/** The text of what is written in HTML, which nothing runs in. */
const read = (html: string, leaveOut: readonly string[] = []): string =>
  readRendered(new DOMParser().parseFromString(html, 'text/html').body, leaveOut)

test.each([
  ['<p>One</p><p>two <b>three</b></p>', 'One\n\ntwo **three**'],
  ['<div>a</div><div>b<br>c</div>', 'a\nb\nc'],
  ['<p>  much \n space  <i>here</i> !</p>', 'much space *here* !'],
  ['<h2>Title</h2>text', '## Title\n\ntext'],
  ['<ul><li>a<ul><li>b</li></ul></li><li>c</li></ul>', '- a\n  - b\n- c'],
  ['<ol><li><p>a</p><p>b</p></li><li>c</li></ol>', '1. a\n\n   b\n2. c'],
  ['<blockquote><p>a</p><p>b</p></blockquote>', '> a\n>\n> b'],
  ['<p>Use <code>a`b</code></p>', 'Use `` a`b ``'],
  ['<pre><code class="hljs language-ts">a\n  b\n</code></pre>', '```ts\na\n  b\n```'],
  ['<pre data-language="c++"><code>```\n</code></pre>', '````c++\n```\n````'],
  [
    '<pre><div class="cm-content"><div class="cm-line">a</div><div class="cm-line">  b</div></div></pre>',
    '```\na\n  b\n```',
  ],
  [
    '<a href="https://a.example/b">c</a> <a href="javascript:alert(1)">d</a>',
    '[c](https://a.example/b) d',
  ],
  ['<a href="https://a.example/b">https://a.example/b</a>', 'https://a.example/b'],
  ['<img alt="cat" src="https://a.example/cat.png">', '![cat](https://a.example/cat.png)'],
  ['<img alt="cat" src="data:image/png;base64,AAAA"><img>', '[Image: cat]'],
  ['<ul><li><input type="checkbox" checked>done</li></ul>', '- [x] done'],
  [
    'a<button>Copy</button><span role="button">x</span><span hidden>h</span><svg><text>s</text></svg>b',
    'ab',
  ],
  ['<span class="sr-only">You said</span>a<span aria-hidden="true">b</span>', 'a'],
  ['<style>p{}</style><script>1</script><template>t</template>a', 'a'],
  [
    '<span class="katex-display"><span class="katex"><math display="block"><semantics><mi>x</mi><annotation encoding="application/x-tex">x^2</annotation></semantics></math><span class="katex-html" aria-hidden="true">x2</span></span></span>',
    '$$\nx^2\n$$',
  ],
  ['<p>so <math><mi>x</mi><mo>=</mo><mn>1</mn></math></p>', 'so x=1'],
  ['<div class="math-block" data-math="a+b"><span>a+b</span></div>', '$$\na+b\n$$'],
  ['<div class="whitespace-pre-wrap">a\n  b\n\nc</div>', 'a\n  b\n\nc'],
  ['<p>&lt;script&gt;alert(1)&lt;/script&gt; &amp;amp;</p>', '<script>alert(1)</script> &amp;'],
  ['<table><tr><th>a</th></tr><tr><td>b<br>c|d</td></tr></table>', '| a |\n| --- |\n| b c\\|d |'],
  ['<del>a</del><hr>b', '~~a~~\n\n---\n\nb'],
])('[DOM7] %j', (html, text) => {
  expect(read(html)).toBe(text)
})

test('[DOM7] what a site leaves out is left out, and code says its language once', () => {
  expect(read('a<sup class="cite">1</sup>', ['.cite'])).toBe('a')
  const code =
    '<code-block><div class="code-block-decoration"><span>Python</span></div><pre><code>1</code></pre></code-block>'
  expect(read(code)).toBe('```python\n1\n```')
  const labelled =
    '<div role="group" aria-label="code"><div>js</div><button>x</button><pre><code class="language-js">1</code></pre></div>'
  expect(read(labelled)).toBe('```js\n1\n```')
})

test('[DOM7] text stays text, whatever it looks like', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme', maxLength: 200 }), (text) => {
      const element = document.createElement('div')
      element.textContent = text
      expect(readRendered(element, [])).toBe(text.replace(/\s+/g, ' ').trim())
      const code = document.createElement('pre')
      code.textContent = text
      const body = document.createElement('div')
      body.append(code)
      if (text.trim() !== '') expect(readRendered(body, [])).toContain(text)
    }),
  )
})

test('[DOM8] deep and wide pages are read in time that grows as they do', () => {
  const deep = document.createElement('div')
  let at: Element = deep
  for (let i = 0; i < 20_000; i += 1) {
    const inner = document.createElement(i % 2 === 0 ? 'blockquote' : 'ul')
    at.append(inner)
    at = inner
  }
  at.append('bottom')
  expect(readRendered(deep, [])).toContain('bottom')
  const wide = (lines: number): Element => {
    const element = document.createElement('div')
    for (let i = 0; i < lines; i += 1) {
      const line = document.createElement('p')
      line.append('word '.repeat(20), document.createElement('b'))
      element.append(line)
    }
    return element
  }
  const timeOf = (element: Element): number => {
    const times = [0, 1, 2].map(() => {
      const begun = performance.now()
      readRendered(element, [])
      return performance.now() - begun
    })
    return Math.min(...times)
  }
  expect(timeOf(wide(20_000))).toBeLessThan(timeOf(wide(2_000)) * 40 + 200)
  const huge = document.createElement('div')
  for (let i = 0; i < 50; i += 1) huge.append('x'.repeat(100_000), document.createElement('br'))
  expect(readRendered(huge, []).length).toBeLessThan(2_300_000)
})
