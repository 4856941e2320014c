/** An element of a formula, or text in it. */
export type MathNode =
  | string
  | {
      readonly name: string
      readonly attributes: Readonly<Record<string, string>>
      readonly children: readonly MathNode[]
    }

/** MathML that says how a formula looks; nothing in it links, loads or runs. */
const ELEMENTS: ReadonlySet<string> = new Set(
  (
    'math semantics mrow mi mn mo ms mtext mspace msup msub msubsup munder mover munderover mfrac msqrt mroot ' +
    'mtable mtr mtd mlabeledtr mpadded mphantom menclose mstyle mmultiscripts mprescripts none'
  ).split(' '),
)
const ATTRIBUTES: ReadonlySet<string> = new Set(
  (
    'display mathvariant stretchy fence separator lspace rspace accent accentunder minsize maxsize linethickness ' +
    'width height depth voffset scriptlevel displaystyle columnalign columnspacing rowspacing columnlines rowlines ' +
    'mathcolor mathbackground notation symmetric largeop movablelimits'
  ).split(' '),
)
const TAG = /<(\/?)([a-zA-Z]{1,20})((?:\s+[\w:-]{1,40}="[^"<]{0,2000}")*)\s*(\/?)>|([^<]+)/y
const ATTRIBUTE = /([\w:-]+)="([^"]*)"/g
const ENTITIES: Readonly<Record<string, string>> = {
  amp: '&',
  lt: '<',
  gt: '>',
  quot: '"',
  '#x27': "'",
}
const MAX_DEPTH = 100

/**
 * Reads a formula as KaTeX writes it, as plain data: no text ever becomes HTML, which many pages forbid. Elements and
 * attributes that are not known are left out; null where it is not read to its end.
 *
 * @see SPEC.md rule MDV7
 */
export function readMathml(markup: string): MathNode | null {
  const stack: { name: string; attributes: Record<string, string>; children: MathNode[] }[] = [
    { name: 'root', attributes: {}, children: [] },
  ]
  TAG.lastIndex = 0
  while (TAG.lastIndex < markup.length) {
    const found = TAG.exec(markup)
    const top = stack.at(-1)
    if (found === null || top === undefined) return null
    const [, slash = '', name = '', attributes = '', single = '', text] = found
    if (text !== undefined) top.children.push(unescape(text))
    else if (slash !== '') {
      if (stack.length < 2 || top.name !== name) return null
      stack.pop()
      keep(stack.at(-1)?.children, top)
    } else if (single !== '') {
      keep(top.children, { name, attributes: readAttributes(attributes), children: [] })
    } else if (stack.length > MAX_DEPTH) return null
    else stack.push({ name, attributes: readAttributes(attributes), children: [] })
  }
  const [root] = stack
  return stack.length === 1 ? (find(root?.children ?? []) ?? null) : null
}

/** What holds a formula is left out, and the source that stands beside it. */
function keep(into: MathNode[] | undefined, node: Exclude<MathNode, string>): void {
  if (node.name === 'annotation') return
  if (ELEMENTS.has(node.name)) into?.push(node)
  else into?.push(...node.children)
}

function find(nodes: readonly MathNode[]): MathNode | undefined {
  return nodes.find((node) => typeof node !== 'string' && node.name === 'math')
}

function readAttributes(text: string): Record<string, string> {
  const read: Record<string, string> = {}
  for (const [, name = '', value = ''] of text.matchAll(ATTRIBUTE)) {
    if (ATTRIBUTES.has(name) && !/url\s*\(/i.test(value)) read[name] = unescape(value)
  }
  return read
}

function unescape(text: string): string {
  return text.replace(/&(amp|lt|gt|quot|#x27);/g, (whole, name: string) => ENTITIES[name] ?? whole)
}
