import type {} from './strict-runner.ts'
import { expect, onTestFinished, test } from 'vitest'

/** A page of its own under a policy, with what it draws. */
async function openStrictPage(trustedTypes: string): Promise<{
  readonly root: () => ShadowRoot | null
  readonly forbidden: () => readonly string[]
}> {
  const frame = document.createElement('iframe')
  const policy = [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    'img-src data:',
    "connect-src 'self' ws:",
    "require-trusted-types-for 'script'",
    `trusted-types ${trustedTypes}`,
  ].join('; ')
  const { href } = new URL('./strict-page.tsx', import.meta.url)
  frame.srcdoc = `<!doctype html><meta http-equiv="content-security-policy" content="${policy}"><body><script type="module" src="${href}"></script></body>`
  frame.width = '600'
  frame.height = '700'
  onTestFinished(() => frame.remove())
  await new Promise((resolve) => {
    frame.addEventListener('load', resolve, { once: true })
    document.body.append(frame)
  })
  return {
    root: () => frame.contentDocument?.querySelector('div')?.shadowRoot ?? null,
    forbidden: () => frame.contentWindow?.forbidden ?? ['it has not begun'],
  }
}

const count = (root: ShadowRoot | null, selector: string): number =>
  root?.querySelectorAll(selector).length ?? 0

test('[VIEW14, MDV10] all is drawn where no text may become HTML, and HTML is text', async () => {
  const { root, forbidden } = await openStrictPage("'none'")
  await expect.poll(() => count(root(), 'math')).toBe(2)
  await expect.poll(() => forbidden().length).toBeGreaterThan(0)
  expect(count(root(), 'strong')).toBeGreaterThan(1)
  expect(count(root(), '.bf-item')).toBe(4)
  expect(root()?.textContent).toContain('<div>some <b>html</b></div>')
  // Styles hold: a constructed sheet, and places set by script.
  const item = root()?.querySelector<HTMLElement>('.bf-item')
  expect(item?.ownerDocument.defaultView?.getComputedStyle(item).position).toBe('absolute')
  expect(item?.style.transform).toMatch(/^translateY/)
  // It is asked whether a policy may be made and HTML parsed; nothing else is tried.
  expect(forbidden().filter((one) => !one.includes('trusted-types'))).toEqual([])
  expect(forbidden().length).toBeLessThanOrEqual(2)
})

test('[VIEW14, MDV10] where the page allows our policy by its name, harmless HTML is drawn', async () => {
  const { root, forbidden } = await openStrictPage('backfold')
  await expect.poll(() => count(root(), '.bf-markdown div > b')).toBe(1)
  await expect.poll(() => count(root(), 'math')).toBe(2)
  expect(forbidden()).toEqual([])
})
