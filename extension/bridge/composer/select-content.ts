import { asField, type Composer } from './composer-kind.ts'

/** Puts the focus into a composer and selects all of it; where it is empty, the caret stands in its first line. */
export function selectContent({ element }: Composer, isEmpty: boolean): void {
  element.focus({ preventScroll: true })
  const field = asField(element)
  if (field) {
    field.select()
    return
  }
  const selection = element.ownerDocument.getSelection()
  if (!selection) return
  if (isEmpty) selection.collapse(firstLine(element), 0)
  else selection.selectAllChildren(element)
}

/** Where an empty editor keeps its caret. */
function firstLine(element: HTMLElement): Node {
  let line: Element = element
  for (let depth = 0; depth < 20; depth += 1) {
    const child: Element | null = line.firstElementChild
    if (!child || child.localName === 'br' || child.matches('[contenteditable="false"]')) break
    line = child
  }
  return line
}
