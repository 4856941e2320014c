import { COLOURS } from './colours.ts'
import conversation from './conversation.css?inline'
import fold from './fold.css?inline'
import markdown from './markdown.css?inline'
import panels from './panels.css?inline'
import tokens from './tokens.css?inline'

/**
 * All styles of the conversation and its panels, as the text of a style sheet. Colours, sizes and fonts are custom
 * properties `--backfold-*`, with defaults for light and dark by `color-scheme`.
 *
 * @see SPEC.md rule VIEW11
 */
const CHAT_STYLES = [COLOURS, tokens, conversation, markdown, fold, panels].join('\n')

let sheet: CSSStyleSheet | null = null

/**
 * All lengths go by `--bf-unit`, which goes by the size of the text where a chat begins, and not by the page's root.
 * Known as a length it is worked out there; a page that can't be told so gets much the same.
 */
function registerUnit(): void {
  try {
    CSS.registerProperty({
      name: '--bf-unit',
      syntax: '<length>',
      inherits: true,
      initialValue: '16px',
    })
  } catch {
    // Another copy of the library has told it.
  }
}

/**
 * Gives a document or shadow root these styles, once, as a constructed style sheet: no element is made, so a strict
 * content security policy has nothing to forbid.
 */
export function adoptChatStyles(root: Document | ShadowRoot): void {
  if (sheet === null) {
    sheet = new CSSStyleSheet()
    registerUnit()
    sheet.replaceSync(CHAT_STYLES)
  }
  if (!root.adoptedStyleSheets.includes(sheet)) root.adoptedStyleSheets.push(sheet)
}
