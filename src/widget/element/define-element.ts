/**
 * Defines an element once. Where another copy of the library did so before, that one stays, and the console says so.
 * Does nothing where there are no elements, as on a server.
 *
 * @see SPEC.md rule ELEM1
 */
export function defineElement(name: string, element: CustomElementConstructor): void {
  if (typeof customElements === 'undefined') return
  const known = customElements.get(name)
  if (known === undefined) customElements.define(name, element)
  else if (known !== element)
    // oxlint-disable-next-line no-console -- a page with two copies has to hear of it
    console.warn(`<${name}> is defined already: this copy of Backfold is not used`)
}
