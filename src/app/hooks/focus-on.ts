/** As a ref: gives an element the focus when it appears because of what a person did. */
export function focusOn(element: HTMLElement | null): void {
  element?.focus()
}
