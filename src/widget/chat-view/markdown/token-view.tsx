import type { ReactElement, ReactNode } from 'react'
import { createElement } from 'react'
import type { Tokens } from 'marked'
import { plainName } from './plain-name.ts'
import { useView } from '../view-settings.ts'
import { CodeBlock } from './code-block.tsx'
import { decodeEntities } from './decode-entities.ts'
import { HtmlView } from './html-view.tsx'
import { ImageView } from './image-view.tsx'
import type { MarkdownToken } from './lex-markdown.ts'
import { asTokens } from './lex-markdown.ts'
import { LinkView } from './link-view.tsx'
import { MathsView } from './maths-view.tsx'

interface TokensViewProps {
  readonly tokens: readonly MarkdownToken[]
  readonly depth?: number
}

/** Deeper than this, what is nested is drawn as it was written. */
const MAX_DEPTH = 24

/** Tags without attributes that are drawn between words. */
const INLINE_TAG = /^<(\/?)(b|strong|i|em|u|s|del|ins|sub|sup|kbd|code|samp|var|mark|small|q)\s*>$/i
const BREAK = /^<br\s*\/?>$/i

/**
 * What Markdown was parsed into, as elements: no text becomes HTML on the way, so there is nothing to sanitise, and
 * pages that forbid it can be written to.
 *
 * @see SPEC.md rules MDV4, MDV11
 */
export function TokensView({ tokens, depth = 0 }: TokensViewProps): ReactElement {
  if (depth > MAX_DEPTH) return <>{tokens.map(({ raw }) => raw).join('')}</>
  const drawn: ReactNode[] = []
  for (let at = 0; at < tokens.length; at += 1) {
    const token = tokens[at]
    if (token === undefined) continue
    const end = token.type === 'html' ? closingTag(tokens, at) : -1
    if (end > at) {
      const name = INLINE_TAG.exec(token.raw.trim())?.[2]?.toLowerCase() ?? 'span'
      const inner = <TokensView tokens={tokens.slice(at + 1, end)} depth={depth + 1} />
      drawn.push(createElement(name, { key: at }, inner))
      at = end
    } else drawn.push(<TokenView key={at} token={token} depth={depth} />)
  }
  return <>{drawn}</>
}

/** Where the tag that begins here is closed; −1 where it is none that is drawn. */
function closingTag(tokens: readonly MarkdownToken[], at: number): number {
  const name = INLINE_TAG.exec(tokens[at]?.raw.trim() ?? '')
  if (name === null || name[1] === '/') return -1
  const close = `</${name[2]?.toLowerCase()}>`
  return tokens.findIndex(
    ({ type, raw }, index) => index > at && type === 'html' && raw.trim().toLowerCase() === close,
  )
}

function TokenView({ token, depth }: { token: MarkdownToken; depth: number }): ReactNode {
  const inner = (tokens: unknown): ReactElement => (
    <TokensView tokens={asTokens(tokens as Tokens.Generic[])} depth={depth + 1} />
  )
  // What is inside has the direction of the whole: by its own, a list's signs would stand on the wrong side.
  const own = depth === 0 ? 'auto' : undefined
  switch (token.type) {
    case 'space':
    case 'def':
      return null
    case 'hr':
      return <hr />
    case 'br':
      return <br />
    case 'heading':
      return createElement(`h${Math.min(6, token.depth + 2)}`, { dir: own }, inner(token.tokens))
    case 'paragraph':
      return <p dir={own}>{inner(token.tokens)}</p>
    case 'blockquote':
      return <blockquote dir={own}>{inner(token.tokens)}</blockquote>
    case 'code':
      return <CodeBlock code={token.text} info={token.lang ?? ''} isGrowing={false} />
    case 'list':
      return <ListView list={token} depth={depth} />
    case 'list_item':
      return inner(token.tokens)
    case 'table':
      return <TableView table={token} depth={depth} />
    case 'html':
      return <HtmlToken token={token} />
    case 'strong':
      return <strong>{inner(token.tokens)}</strong>
    case 'em':
      return <em>{inner(token.tokens)}</em>
    case 'del':
      return <del>{inner(token.tokens)}</del>
    case 'codespan':
      return <code dir="ltr">{token.text}</code>
    case 'link':
      return (
        <LinkView href={token.href} text={decodeEntities(token.text)}>
          {inner(token.tokens)}
        </LinkView>
      )
    case 'image':
      return <ImageView url={token.href} alt={decodeEntities(token.text)} />
    case 'checkbox':
      return <TaskSign isDone={token.checked} />
    case 'maths':
      return <MathsView tex={token.tex} isDisplay={token.isDisplay} source={token.raw} />
    case 'escape':
      return token.text
    case 'text':
      return token.tokens === undefined ? decodeEntities(token.text) : inner(token.tokens)
  }
}

/** What is no element of its own between words is drawn as it was written. */
function HtmlToken({ token }: { readonly token: Tokens.HTML | Tokens.Tag }): ReactNode {
  const raw = token.raw.trim()
  if (BREAK.test(raw)) return <br />
  if (/^<!--[\s\S]*-->$/.test(raw)) return null
  return token.block ? <HtmlView html={token.raw} /> : token.raw
}

function TaskSign({ isDone }: { readonly isDone: boolean }): ReactElement {
  const { labels } = useView()
  return (
    <span
      className="bf-task"
      part="task"
      role="img"
      aria-label={labels.task(isDone)}
      data-done={isDone}
    />
  )
}

function ListView({ list, depth }: { list: Tokens.List; depth: number }): ReactElement {
  const items = list.items.map((item, index) => (
    // Items have no names, and only ever grow at the end.
    <li key={`${index}`} data-task={item.task || undefined}>
      <TokensView tokens={asTokens(item.tokens)} depth={depth + 1} />
    </li>
  ))
  const start = Number(list.start)
  const own = depth === 0 ? 'auto' : undefined
  if (!list.ordered) return <ul dir={own}>{items}</ul>
  return (
    <ol dir={own} start={Number.isFinite(start) ? start : 1}>
      {items}
    </ol>
  )
}

function TableView({ table, depth }: { table: Tokens.Table; depth: number }): ReactElement {
  const { labels } = useView()
  const cell = (
    name: 'th' | 'td',
    { tokens, align }: Tokens.TableCell,
    index: number,
  ): ReactElement =>
    createElement(
      name,
      {
        key: index,
        'data-align': align ?? undefined,
        scope: name === 'th' ? 'col' : undefined,
      },
      <TokensView tokens={asTokens(tokens)} depth={depth + 1} />,
    )
  const name = plainName(table.header.map(({ text }) => text).join(', '), 100)
  return (
    <div
      className="bf-table"
      dir={depth === 0 ? 'auto' : undefined}
      part="table"
      role="group"
      tabIndex={0}
      aria-label={`${labels.table}: ${name}`}
    >
      <table>
        <thead>
          <tr>{table.header.map((one, index) => cell('th', one, index))}</tr>
        </thead>
        <tbody>
          {table.rows.map((row, index) => (
            <tr key={`${index}`}>{row.map((one, column) => cell('td', one, column))}</tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}
