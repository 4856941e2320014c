import type { ReactElement } from 'react'
import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { onTestFinished } from 'vitest'

/** Components on the page of a test. */
export interface Drawn {
  readonly root: HTMLElement
  draw(node: ReactElement): void
  remove(): void
  /** What it says, with runs of spaces as one. */
  text(): string
  /** The first element that a selector finds. */
  part(selector: string): HTMLElement
  count(selector: string): number
  press(selector: string): void
}

/** Draws components as an app does, in strict mode. They are gone when the test ends. */
export function draw(node: ReactElement): Drawn {
  const root = document.body.appendChild(document.createElement('div'))
  const tree = createRoot(root)
  const part = (selector: string): HTMLElement => {
    const found = root.querySelector<HTMLElement>(selector)
    if (found === null) throw new Error(`there is no ${selector} in ${root.innerHTML}`)
    return found
  }
  const drawn: Drawn = {
    root,
    draw: (next) => tree.render(<StrictMode>{next}</StrictMode>),
    remove: () => tree.unmount(),
    text: () => root.textContent.replace(/\s+/g, ' ').trim(),
    part,
    count: (selector) => root.querySelectorAll(selector).length,
    press: (selector) => part(selector).click(),
  }
  onTestFinished(() => {
    tree.unmount()
    root.remove()
  })
  drawn.draw(node)
  return drawn
}

/** Types into a field as a person does. */
export function type(field: HTMLElement, text: string): void {
  const { set } = Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, 'value') ?? {}
  set?.call(field, text)
  field.dispatchEvent(new Event('input', { bubbles: true }))
}
