/** Draws the example on a server with React 18: as not open yet, without a word of complaint. */
import { createElement, version } from 'react'
import { renderToString } from 'react-dom/server'
import { App } from './out/chat-panel.js'

console.error = (...said) => {
  throw new Error(said.join(' '))
}
const html = renderToString(createElement(App))
if (!version.startsWith('18.')) throw new Error(`React 18 was wanted, got ${version}`)
if (!html.includes('aria-busy="true"') || !html.includes('role="meter"')) throw new Error(html)
