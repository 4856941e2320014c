import { asField, type Composer } from './composer-kind.ts'

/** Elements that begin a line of their own. By name, not by computed style: a composer may hold 20,000 lines. */
const BLOCKS: ReadonlySet<string> = new Set(
  'address article aside blockquote dd div dl dt figure footer h1 h2 h3 h4 h5 h6 header hr li main ol p pre section table tr ul'.split(
    ' ',
  ),
)

/** What editors put in for themselves. */
const FILLERS = '[data-slate-placeholder], .ProseMirror-separator, .ProseMirror-gapcursor, .ql-ui'

/** What a person put in that is no text. */
const EMBEDS = 'img, video, audio, canvas, table, [contenteditable="false"]'

/**
 * The text in a composer, line by line: what a person sees there, and what the site would send.
 *
 * A line break at the end of a block only holds the block open, so it is no line of its own; an empty block is one.
 *
 * @see SPEC.md rule FILL3
 */
export function readComposer(composer: Composer): string {
  return asField(composer.element)?.value ?? readEditable(composer)
}

/** Whether there is something in it that is no text, such as a picture or a mention. */
export function holdsEmbeds({ element }: Composer): boolean {
  return [...element.querySelectorAll(EMBEDS)].some((embed) => !embed.matches(FILLERS))
}

/** Whether a box draws line breaks and runs of spaces as one space. */
export function foldsSpace({ element, kind }: Composer): boolean {
  const view = element.ownerDocument.defaultView
  return kind === 'editable' && !/pre|break/.test(view?.getComputedStyle(element).whiteSpace ?? '')
}

function readEditable(composer: Composer): string {
  const root = composer.element
  const folds = foldsSpace(composer)
  const lines = createLines()
  // No recursion: how deep a page nests is its own business.
  let node: Node | null = root.firstChild
  while (node) {
    const isElement = node.nodeType === Node.ELEMENT_NODE
    if (node.nodeType === Node.TEXT_NODE) {
      lines.add(folds ? drawn(node.nodeValue ?? '') : (node.nodeValue ?? ''))
    } else if (isElement) lines.enter(node as Element)
    if (isElement && node.firstChild && !(node as Element).matches(FILLERS)) {
      node = node.firstChild
      continue
    }
    while (node && node !== root) {
      if (node.nodeType === Node.ELEMENT_NODE) lines.leave(node as Element)
      if (node.nextSibling) break
      node = node.parentNode
    }
    node = node === root ? null : (node?.nextSibling ?? null)
  }
  return lines.text()
}

/** A text as it is drawn where white space is folded; line breaks between blocks are nothing. */
function drawn(text: string): string {
  return text.trim() === '' && text.includes('\n') ? '' : text.replace(/[ \t\n]+/g, ' ')
}

interface Lines {
  add(text: string): void
  enter(element: Element): void
  leave(element: Element): void
  text(): string
}

function createLines(): Lines {
  const done: string[] = []
  let open: string | null = null
  const close = (): void => {
    if (open !== null) done.push(open)
    open = null
  }
  return {
    add(text) {
      if (text !== '') open = (open ?? '') + text
    },
    enter(element) {
      if (element.localName === 'br') {
        open ??= ''
        close()
      } else if (BLOCKS.has(element.localName)) close()
    },
    leave(element) {
      if (!BLOCKS.has(element.localName)) return
      close()
      if (!element.firstChild) done.push('')
    },
    text() {
      close()
      return done.join('\n')
    },
  }
}
