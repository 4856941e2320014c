import { adoptComposerStyles } from '../composer/composer-styles.ts'
import frame from './frame.css?inline'

let sheet: CSSStyleSheet | null = null

/**
 * Gives a shadow root the styles of the frame as a constructed style sheet: no element is made, so a strict content
 * security policy has nothing to forbid.
 */
export function adoptFrameStyles(root: ShadowRoot): void {
  adoptComposerStyles(root)
  if (sheet === null) {
    sheet = new CSSStyleSheet()
    sheet.replaceSync(frame)
  }
  if (!root.adoptedStyleSheets.includes(sheet)) root.adoptedStyleSheets.push(sheet)
}
