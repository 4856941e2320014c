import { beforeEach, expect, test } from 'vitest'
import { composerOf } from '../../extension/bridge/composer/composer-kind.ts'
import { FILL_FAILURES, fillComposer } from '../../extension/bridge/composer/fill-composer.ts'
import { findComposer } from '../../extension/bridge/composer/find-composer.ts'
import { readComposer } from '../../extension/bridge/composer/read-composer.ts'

beforeEach(() => {
  document.body.replaceChildren()
  document.body.style.cssText = 'margin: 0; min-block-size: 100vh'
})

/** Puts HTML on the page; what is to be in an open shadow root is in a `template` of that name. */
function show(html: string): void {
  document.body.setHTMLUnsafe(html)
}

const found = (hints: readonly string[] = []): string | null =>
  findComposer(document, hints)?.element.id ?? null

const BOX = 'style="display:block;width:400px;height:40px"'
const LOW = 'style="display:block;position:fixed;bottom:0;width:400px;height:40px"'

test('[FILL1] what the site names comes first, then the focus, then the largest and lowest box', () => {
  show(`<textarea id="high" ${BOX}></textarea><div id="box" contenteditable ${BOX}></div>
    <form class="named"><textarea id="named" ${BOX}></textarea></form><textarea id="low" ${LOW}></textarea>`)
  expect(found()).toBe('low')
  document.querySelector<HTMLElement>('#box')?.focus()
  expect(found()).toBe('box')
  expect(found(['#gone', ':is(', 'form.named', '#high'])).toBe('named')
  document.querySelector<HTMLElement>('#high')?.focus()
  expect(found(['#gone'])).toBe('high')
})

test('[FILL1] a part of an editor leads to the editor, and open shadow roots are looked into', () => {
  show(
    `<div id="outer" contenteditable ${BOX}><p id="inner" contenteditable tabindex="0">text</p></div>`,
  )
  document.querySelector<HTMLElement>('#inner')?.focus()
  expect(found()).toBe('outer')
  show(`<x-chat><template shadowrootmode="open"><x-box><template shadowrootmode="open">
    <div id="deep" contenteditable ${LOW}></div></template></x-box></template></x-chat>`)
  expect(found()).toBe('deep')
  expect(found(['#deep'])).toBe('deep')
  const root = document.querySelector('x-chat')?.shadowRoot?.querySelector('x-box')?.shadowRoot
  root?.querySelector<HTMLElement>('#deep')?.focus()
  expect(found()).toBe('deep')
})

test.each([
  `<input id="a" type="password" ${LOW}>`,
  `<input id="a" type="search" ${LOW}>`,
  `<input id="a" type="email" ${LOW}>`,
  `<input id="a" autocomplete="one-time-code" ${LOW}>`,
  `<search><textarea id="a" ${LOW}></textarea></search>`,
  `<form role="search"><textarea id="a" ${LOW}></textarea></form>`,
  `<textarea id="a" role="combobox" ${LOW}></textarea>`,
  `<textarea id="a" disabled ${LOW}></textarea>`,
  `<textarea id="a" readonly ${LOW}></textarea>`,
  `<div inert><textarea id="a" ${LOW}></textarea></div>`,
  `<div aria-hidden="true"><textarea id="a" ${LOW}></textarea></div>`,
  `<textarea id="a" style="visibility:hidden;width:400px;height:40px"></textarea>`,
  `<textarea id="a" style="opacity:0;width:400px;height:40px"></textarea>`,
  `<textarea id="a" style="display:none"></textarea>`,
  `<textarea id="a" style="width:1px;height:1px"></textarea>`,
  `<div class="cm-editor"><div id="a" contenteditable ${LOW}></div></div>`,
  `<div id="a" contenteditable="false" ${LOW}>text</div>`,
])('[FILL2] it is never one of these, with or without the focus: %s', async (html) => {
  show(html)
  expect(found()).toBeNull()
  document.querySelector<HTMLElement>('#a')?.focus()
  expect(found()).toBeNull()
  const asked = { document, hints: [], text: 'text', replaces: true }
  const reason = FILL_FAILURES.noComposer
  expect(await fillComposer(asked)).toEqual({ kind: 'failed', reason })
})

test('[FILL2] a field of one line is one only where the site names it or it has the focus', () => {
  show(`<input id="line" ${LOW}>`)
  expect(found()).toBeNull()
  expect(found(['#line'])).toBe('line')
  document.querySelector<HTMLElement>('#line')?.focus()
  expect(found()).toBe('line')
})

test.each([
  ['<p>a</p><p><br></p><p></p><p>b</p>', 'a\n\n\nb'],
  ['<p>a<br></p><p>b<br><br></p>', 'a\nb\n'],
  ['a<div>b</div><div><br></div><div>c</div>', 'a\nb\n\nc'],
  ['<p><span>a</span><br><b>b</b>c</p>', 'a\nbc'],
  ['<ul><li><p>a</p></li><li>b</li></ul>', 'a\nb'],
  ['<p>a<img class="ProseMirror-separator" alt=""><br class="ProseMirror-trailingBreak"></p>', 'a'],
  ['<span data-slate-placeholder contenteditable="false">Type here</span>', ''],
  ['', ''],
])('[FILL3] a composer of %j reads as %j', (html, text) => {
  show(`<div id="box" contenteditable style="white-space:pre-wrap">${html}</div>`)
  const element = document.querySelector<HTMLElement>('#box')
  expect(element && readComposer(composerOf(element))).toBe(text)
})

test('[FILL3, FILL10] a composer is read in linear time, however deep', () => {
  show('<div id="box" contenteditable></div>')
  const element = document.querySelector<HTMLElement>('#box')
  let inner: HTMLElement | null = element
  for (let depth = 0; depth < 5_000; depth += 1) {
    inner = inner?.appendChild(document.createElement('div')) ?? null
  }
  if (inner) inner.textContent = 'deep'
  expect(element && readComposer(composerOf(element))).toBe('deep')
})

test('[FILL5] a picture or a mention is something in it', async () => {
  show(`<div id="box" contenteditable ${LOW}><span contenteditable="false">@someone</span></div>`)
  const asked = { document, hints: [], text: 'text', replaces: false }
  expect(await fillComposer(asked)).toEqual({ kind: 'occupied' })
  show(`<div id="box" contenteditable ${LOW}><p><img alt="" width="9" height="9"></p></div>`)
  expect(await fillComposer(asked)).toEqual({ kind: 'occupied' })
})

test('[FILL6] a field that is too small stays as it is', async () => {
  show(`<textarea maxlength="5" ${LOW}>old</textarea>`)
  const asked = { document, hints: [], text: 'too long', replaces: true }
  const reason = FILL_FAILURES.tooSmall
  expect(await fillComposer(asked)).toEqual({ kind: 'failed', reason })
  expect(document.querySelector('textarea')?.value).toBe('old')
})

test('[FILL10] fills come after each other, and what is there already is there', async () => {
  show(`<textarea ${LOW}></textarea>`)
  const asked = { document, hints: [], text: 'one', replaces: false }
  const both = [fillComposer(asked), fillComposer({ ...asked, text: 'two' }), fillComposer(asked)]
  expect(await Promise.all(both)).toEqual([
    { kind: 'filled', as: 'text' },
    { kind: 'occupied' },
    { kind: 'filled', as: 'text' },
  ])
  expect(document.querySelector('textarea')?.value).toBe('one')
})

test('[FILL10] a page that throws wherever it can makes it fail and no more', async () => {
  show(`<textarea ${LOW}></textarea>`)
  const field = document.querySelector('textarea')
  Object.defineProperty(field, 'select', {
    value: () => {
      throw new Error('hostile')
    },
  })
  const outcome = await fillComposer({ document, hints: [], text: 'text', replaces: false })
  expect(outcome).toEqual({ kind: 'failed', reason: FILL_FAILURES.refused })
  expect(field?.value).toBe('')
})
