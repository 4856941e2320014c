/** A formula by its source. */
export interface Formula {
  readonly text: string
  readonly isBlock: boolean
}

/** What holds a formula in the usual renderers: KaTeX, MathJax, plain MathML, and Gemini's. */
const MATH = '.katex,.katex-display,math,mjx-container,[data-math]'

/** The source of a formula, where it is there; undefined for what is no formula. */
export function readMath(element: Element): Formula | undefined {
  if (!element.matches(MATH)) return undefined
  const isBlock = element.matches('.katex-display,[display="block"],[display="true"],.math-block')
  const given = element.getAttribute('data-math')
  const annotation = element.querySelector('annotation[encoding="application/x-tex"]')
  const source = (given ?? annotation?.textContent ?? '').trim()
  const shown = source === '' ? plainMath(element) : source
  if (shown === '') return { text: '', isBlock: false }
  if (source === '') return { text: shown, isBlock }
  return { text: isBlock ? `$$\n${source}\n$$` : `$${source}$`, isBlock }
}

function plainMath(element: Element): string {
  const math = element.matches('math') ? element : element.querySelector('math')
  return (math ?? element).textContent.replace(/\s+/g, ' ').trim().slice(0, 10_000)
}

/** Code with its language, between fences that are longer than any in it. */
export function readCode(element: Element): string {
  const lines = element.querySelector('.cm-content')
  const code = element.querySelector('pre code, code') ?? element.querySelector('pre') ?? element
  const text = lines === null ? code.textContent : linesOf(lines)
  if (text.trim() === '') return ''
  const longest = Math.max(
    2,
    ...[...text.matchAll(/`{3,}/g)].slice(0, 1_000).map(([run]) => run.length),
  )
  const fence = '`'.repeat(longest + 1)
  const body = text.endsWith('\n') ? text : `${text}\n`
  return `${fence}${languageOf(element, code)}\n${body}${fence}`
}

/** Editors draw each line in an element of its own. */
function linesOf(content: Element): string {
  return Array.from(content.children, (line) => line.textContent).join('\n')
}

/** Where a language is named: a class, an attribute, or the label above the code. */
function languageOf(element: Element, code: Element): string {
  const around = element.closest('[data-language],[data-lang],[class*="language-"]')
  for (const one of [code, element, around]) {
    if (one === null) continue
    const named = /(?:^|\s)(?:language|lang)-([\w+#.-]{1,30})/.exec(
      one.getAttribute('class') ?? '',
    )?.[1]
    const said = named ?? one.getAttribute('data-language') ?? one.getAttribute('data-lang')
    if (said !== null && /^[\w+#.-]{1,30}$/.test(said)) return said
  }
  const label = element.querySelector('.code-block-decoration > span')?.textContent.trim() ?? ''
  return /^[\w+#.-]{1,30}$/.test(label) ? label.toLowerCase() : ''
}
