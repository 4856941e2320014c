import type { ReactElement, ReactNode } from 'react'
import { createElement, useEffect, useState } from 'react'
import { ImageView } from './image-view.tsx'
import { LinkView } from './link-view.tsx'
import type { HtmlNode } from './purify-html.ts'

type Purify = (html: string) => readonly HtmlNode[] | null

let purify: Purify | null = null

interface HtmlViewProps {
  readonly html: string
}

/**
 * HTML that stands in a message: what is harmless of it is drawn, element by element; as it was written where it can't
 * be sanitised here. Its sanitiser is loaded when the first is drawn.
 *
 * @see SPEC.md rules MDV10, MDV11
 */
export function HtmlView({ html }: HtmlViewProps): ReactElement | null {
  const [ready, setReady] = useState(() => purify)
  const [nodes, setNodes] = useState<{ html: string; read: readonly HtmlNode[] | null } | null>(
    null,
  )
  useEffect(() => {
    if (ready !== null) {
      setNodes({ html, read: ready(html) })
      return undefined
    }
    let isOn = true
    import('./purify-html.ts').then(
      (module) => {
        purify = module.purifyHtml
        if (isOn) setReady(() => module.purifyHtml)
      },
      () => {
        // It stays text.
      },
    )
    return () => {
      isOn = false
    }
  }, [html, ready])
  const read = nodes?.html === html ? nodes.read : null
  if (read === null) return <p className="bf-plain">{html.trim()}</p>
  return <>{read.map(drawNode)}</>
}

const VOID: ReadonlySet<string> = new Set(['br', 'hr'])
/** Text between these is layout of the source; React says so loudly. */
const NO_TEXT: ReadonlySet<string> = new Set(['table', 'thead', 'tbody', 'tfoot', 'tr'])

function drawNode(node: HtmlNode, key: number): ReactNode {
  if (typeof node === 'string') return node
  const { name, attributes, children } = node
  if (name === 'img') {
    return <ImageView key={key} url={attributes['src'] ?? ''} alt={attributes['alt'] ?? ''} />
  }
  if (VOID.has(name)) return createElement(name, { key })
  const inner = (
    NO_TEXT.has(name) ? children.filter((child) => typeof child !== 'string') : children
  ).map(drawNode)
  if (name === 'a') {
    return (
      <LinkView key={key} href={attributes['href'] ?? ''} text={textOf(node)}>
        {inner}
      </LinkView>
    )
  }
  const { title, lang, colspan, rowspan, start } = attributes
  const dir = /^(?:ltr|rtl|auto)$/.exec(attributes['dir'] ?? '')?.[0]
  const spans = { colSpan: asSpan(colspan), rowSpan: asSpan(rowspan), start: asSpan(start) }
  return createElement(name, { key, title, lang, dir, ...spans }, ...inner)
}

function asSpan(value: string | undefined): number | undefined {
  const number = Number(value)
  return Number.isInteger(number) && number > 0 && number < 1_000 ? number : undefined
}

function textOf(node: HtmlNode): string {
  return typeof node === 'string' ? node : node.children.map(textOf).join('')
}
