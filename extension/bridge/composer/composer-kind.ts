/** What a composer is made with, which decides how text gets into it. */
export type ComposerKind = 'field' | 'lexical' | 'quill' | 'prosemirror' | 'editor' | 'editable'

/** The box that a person writes a message in. */
export interface Composer {
  readonly element: HTMLElement
  readonly kind: ComposerKind
}

/** A field with a value of its own. */
export type Field = HTMLTextAreaElement | HTMLInputElement

/** The element as a field; null for everything else. By name, because elements may be of another frame's world. */
export function asField(element: Element): Field | null {
  return element.localName === 'textarea' || element.localName === 'input'
    ? (element as Field)
    : null
}

/** Marks of further editors that hold a document of their own: Slate, Draft, CKEditor, Trix, TinyMCE, Froala. */
const OTHER_EDITORS =
  '[data-slate-editor], .public-DraftEditor-content, .ck-editor__editable, trix-editor, .mce-content-body, .fr-element'

/** Tells editors by the marks that they need themselves, so that they are known under whatever site. */
export function composerOf(element: HTMLElement): Composer {
  const kind: ComposerKind = asField(element)
    ? 'field'
    : element.matches('[data-lexical-editor]')
      ? 'lexical'
      : element.matches('.ql-editor')
        ? 'quill'
        : element.matches('.ProseMirror')
          ? 'prosemirror'
          : element.matches(OTHER_EDITORS)
            ? 'editor'
            : 'editable'
  return { element, kind }
}
