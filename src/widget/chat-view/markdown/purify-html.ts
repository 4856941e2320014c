import type { Config } from 'dompurify'
import DOMPurify from 'dompurify'

/** An element of HTML that somebody else wrote, as plain data, or text in it. */
export type HtmlNode =
  | string
  | {
      readonly name: string
      readonly attributes: Readonly<Record<string, string>>
      readonly children: readonly HtmlNode[]
    }

const TAGS =
  'p div span br hr b strong i em u s del ins sub sup kbd code pre samp var mark small q blockquote ul ol li dl dt dd ' +
  'table caption thead tbody tfoot tr th td details summary h1 h2 h3 h4 h5 h6 a img figure figcaption abbr cite'
const ATTRIBUTES = 'href src alt title colspan rowspan start lang dir'
const ALLOWED_TAGS = TAGS.split(' ')
const ALLOWED_ATTR = ATTRIBUTES.split(' ')

/** Longest HTML that is looked at, and how deep; what is beyond is drawn as text. */
const MAX_HTML = 20_000
const MAX_DEPTH = 40

type Policy = NonNullable<Config['TRUSTED_TYPES_POLICY']>

/** Missing in browsers that know nothing of it. */
interface WithTrustedTypes {
  readonly trustedTypes?: {
    createPolicy(name: string, rules: { createHTML(html: string): string }): Policy
  }
}

interface Parsing {
  readonly policy: Policy | null
  readonly isAllowed: boolean
}

let parsing: Parsing | null = null

/** Whether this page lets a text be parsed as HTML at all, with a policy of ours where it asks for one. */
function howToParse(): Parsing {
  let policy: Parsing['policy'] = null
  try {
    const { trustedTypes } = globalThis as WithTrustedTypes
    policy = trustedTypes?.createPolicy('backfold', { createHTML: (html) => html }) ?? null
  } catch {
    // The page names the policies it allows, and this is none of them.
  }
  try {
    const probe: unknown = policy?.createHTML('<b></b>') ?? '<b></b>'
    new DOMParser().parseFromString(probe as string, 'text/html')
    return { policy, isAllowed: true }
  } catch {
    return { policy, isAllowed: false }
  }
}

/**
 * HTML in a message as plain data: sanitised by DOMPurify in a document that loads nothing, and then read element by
 * element against a list of our own. Null where the page allows no HTML to be parsed, and for what is too large.
 *
 * @see SPEC.md rules MDV10, MDV11
 */
export function purifyHtml(html: string): readonly HtmlNode[] | null {
  if (html.length > MAX_HTML) return null
  parsing ??= howToParse()
  if (!parsing.isAllowed || !DOMPurify.isSupported) return null
  try {
    const body = DOMPurify.sanitize(html, {
      RETURN_DOM: true,
      ALLOWED_TAGS,
      ALLOWED_ATTR,
      ALLOW_DATA_ATTR: false,
      ALLOW_ARIA_ATTR: false,
      ...(parsing.policy === null ? {} : { TRUSTED_TYPES_POLICY: parsing.policy }),
    })
    return readChildren(body, 0)
  } catch {
    return null
  }
}

function readChildren(parent: Node, depth: number): readonly HtmlNode[] {
  return Array.from(parent.childNodes).flatMap((node) => readNode(node, depth))
}

function readNode(node: Node, depth: number): readonly HtmlNode[] {
  if (node.nodeType === Node.TEXT_NODE) return [node.nodeValue ?? '']
  if (!(node.nodeType === Node.ELEMENT_NODE)) return []
  const element = node as Element
  const name = element.localName
  if (depth > MAX_DEPTH) return [element.textContent]
  const children = readChildren(element, depth + 1)
  const isHtml = element.namespaceURI === 'http://www.w3.org/1999/xhtml'
  if (!isHtml || !ALLOWED_TAGS.includes(name)) return children
  const attributes: Record<string, string> = {}
  for (const attribute of ALLOWED_ATTR) {
    const value = element.getAttribute(attribute)
    if (value !== null) attributes[attribute] = value
  }
  return [{ name, attributes, children }]
}
