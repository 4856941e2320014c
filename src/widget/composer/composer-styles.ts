import composer from './composer.css?inline'

let sheet: CSSStyleSheet | null = null

/**
 * Gives a document or shadow root the styles of the composer, once, as a constructed style sheet: no element is made,
 * so a strict content security policy has nothing to forbid.
 */
export function adoptComposerStyles(root: Document | ShadowRoot): void {
  if (sheet === null) {
    sheet = new CSSStyleSheet()
    sheet.replaceSync(composer)
  }
  if (!root.adoptedStyleSheets.includes(sheet)) root.adoptedStyleSheets.push(sheet)
}
