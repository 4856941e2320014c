import { asField, type Composer, type ComposerKind } from './composer-kind.ts'
import { askEditor, paste } from './page-objects.ts'

/**
 * One way to get a text into a composer, over what is selected in it. It may do nothing, or do it wrongly: whoever
 * uses one reads back what came of it. None says Enter, and none sends.
 */
export interface Technique {
  readonly name: string
  readonly put: (composer: Composer, text: string) => void
  /** Whether what is there has to be taken out first. */
  readonly needsEmpty?: true
}

/** Longest text that is typed into a field as a person's undo step; longer ones would hold the page up. */
const MAX_TYPED = 100_000

const type: Technique = {
  name: 'type',
  put: ({ element }, text) => {
    if (text.length <= MAX_TYPED) command(element, 'insertText', text)
  },
}

/** By the prototype's own setter: frameworks put one of theirs on the element to see what scripts do. */
const setValue: Technique = {
  name: 'value',
  put: ({ element }, text) => {
    const field = asField(element)
    const view = element.ownerDocument.defaultView
    if (!field || !view) return
    const type = field.localName === 'textarea' ? view.HTMLTextAreaElement : view.HTMLInputElement
    Object.getOwnPropertyDescriptor(type.prototype, 'value')?.set?.call(field, text)
    const init = { bubbles: true, composed: true, inputType: 'insertText', data: null }
    field.dispatchEvent(new view.InputEvent('input', init))
  },
}

const pasteText: Technique = {
  name: 'paste',
  put: ({ element }, text) => void paste(element, { plain: text }),
}

/** ProseMirror folds blank lines of a plain paste, and spaces of foreign HTML; of its own form it keeps both. */
const pasteParagraphs: Technique = {
  name: 'paste-paragraphs',
  put: ({ element }, text) => void paste(element, { plain: text, html: asParagraphs(text) }),
}

/** What browsers ask an editor when an input method gives a text. */
const askToInsert: Technique = {
  name: 'beforeinput',
  put: ({ element }, text) => void askEditor(element, 'insertText', text),
}

/** Line by line, in one go: an editor that looks at it in between could take a line break for Enter. */
function typeLines(breakCommand: string): Technique {
  return {
    name: `type-${breakCommand}`,
    needsEmpty: true,
    put: ({ element }, text) => {
      if (text.length > MAX_TYPED) return
      for (const [index, line] of text.split('\n').entries()) {
        if (index > 0) command(element, breakCommand)
        if (line !== '') command(element, 'insertText', line)
      }
    },
  }
}

/** With line breaks, in one step that can be undone as one; of HTML there are breaks alone, the text is escaped. */
const typeBreaks: Technique = {
  name: 'type-breaks',
  put: ({ element }, text) => {
    if (text.length <= MAX_TYPED) command(element, 'insertHTML', asBreaks(text))
  },
}

/** Ways by kind of composer, the best first: measured on each editor in each browser. */
export const TECHNIQUES: Readonly<Record<ComposerKind, readonly Technique[]>> = {
  field: [type, setValue],
  lexical: [askToInsert, pasteText],
  quill: [pasteText, typeLines('insertParagraph')],
  prosemirror: [pasteParagraphs, pasteText, typeLines('insertParagraph')],
  editor: [pasteText, askToInsert, typeLines('insertParagraph')],
  // What a page reads of a box that the browser edits doubles blank paragraphs, but no line breaks.
  editable: [
    typeBreaks,
    typeLines('insertLineBreak'),
    pasteText,
    typeLines('insertParagraph'),
    type,
    askToInsert,
  ],
}

/** A command of the browser's editing, on what is selected. No other API leaves a step to undo. */
export function command(element: HTMLElement, name: string, value?: string): boolean {
  // oxlint-disable-next-line typescript/no-deprecated -- nothing else is native, undoable and seen by every editor
  return element.ownerDocument.execCommand(name, false, value)
}

function asParagraphs(text: string): string {
  const lines = text.split('\n').map((line) => `<p>${escapeHtml(line)}</p>`)
  return lines.join('').replace('<p>', () => '<p data-pm-slice="1 1 []">')
}

/** Spaces that a browser would fold are of the kind that it does not, as when a person types them. */
function asBreaks(text: string): string {
  const lines = text.split('\n').map((line) => escapeHtml(line.replace(/ (?= )|^ | $/g, '\u00a0')))
  return lines.join('<br>')
}

const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;' }

function escapeHtml(text: string): string {
  return text.replace(/[&<>]/g, (character) => ENTITIES[character] ?? character)
}
