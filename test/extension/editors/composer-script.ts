import { fillComposer } from '../../../extension/bridge/composer/fill-composer.ts'
import type { AskedFill } from './editors-page.ts'

/** A content script with the composer's part alone, asked and answered by events of the page. */
document.addEventListener('test:fill', (event) => {
  const asked = JSON.parse((event as CustomEvent<string>).detail) as AskedFill
  void fillComposer({ document, ...asked }).then((outcome) => {
    const detail = JSON.stringify(outcome)
    document.dispatchEvent(new CustomEvent('test:filled', { detail }))
  })
})
