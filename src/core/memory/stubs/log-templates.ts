/** Lines of one form: what varies among them is masked. */
export interface LogTemplate {
  readonly tokens: string[]
  count: number
}

/** Share of equal tokens from which a line belongs to a template. */
const LEAST_SIMILARITY = 0.6
/** Templates that one line is compared with. */
const MAX_COMPARED = 12
const MAX_TEMPLATES = 400
const MAX_TOKENS = 40

/**
 * Groups lines into templates, as Drain does: first by the number of tokens and the first one that is
 * no variable, then by the share of tokens that are equal; what differs within a template becomes `<*>`.
 *
 * Linear: a line is compared with a bounded number of templates. Source: P. He, J. Zhu, Z. Zheng,
 * M. R. Lyu, "Drain: An Online Log Parsing Approach with Fixed Depth Tree", ICWS 2017. The tree is
 * one level less deep here, because what it is for is a summary.
 */
export function createLogTemplates(): {
  add(line: string): void
  /** Most frequent first; of equally frequent ones the one seen first. */
  templates(): readonly LogTemplate[]
} {
  const groups = new Map<string, LogTemplate[]>()
  const all: LogTemplate[] = []
  return {
    add(line) {
      const tokens = maskVariables(line).split(' ', MAX_TOKENS)
      const key = `${tokens.length} ${tokens.find((token) => !token.includes('<')) ?? ''}`
      const group = groups.get(key) ?? []
      const found = mostSimilar(group, tokens)
      if (found) {
        found.count += 1
        tokens.forEach((token, index) => {
          if (found.tokens[index] !== token) found.tokens[index] = '<*>'
        })
        return
      }
      if (all.length >= MAX_TEMPLATES) return
      const template = { tokens, count: 1 }
      all.push(template)
      group.push(template)
      groups.set(key, group)
    },
    templates: () => all.toSorted((a, b) => b.count - a.count),
  }
}

/** A line with times, numbers, ids and addresses masked, and its white space made single. */
function maskVariables(line: string): string {
  return line
    .trim()
    .replace(
      /\d{4}[-/]\d\d[-/]\d\d(?:[T ]\d\d:\d\d(?::\d\d)?(?:[.,]\d{1,9})?(?:Z|[+-]\d\d:?\d\d)?)?/g,
      '<time>',
    )
    .replace(/\b\d\d:\d\d(?::\d\d(?:[.,]\d{1,9})?)?\b/g, '<time>')
    .replace(/\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b/gi, '<id>')
    .replace(/\b(?:0x[0-9a-f]{1,40}|(?=[a-f]{0,40}\d)[0-9a-f]{8,64})\b/gi, '<id>')
    .replace(/\d{1,3}\.\d{1,3}\.\d{1,3}\.\d{1,3}(?::\d{1,5})?/g, '<ip>')
    .replace(/\d+(?:[.,]\d+)?/g, '<n>')
    .replace(/\s+/g, ' ')
}

function mostSimilar(
  group: readonly LogTemplate[],
  tokens: readonly string[],
): LogTemplate | undefined {
  let best: LogTemplate | undefined
  let most = LEAST_SIMILARITY * tokens.length
  for (const template of group.slice(0, MAX_COMPARED)) {
    let equal = 0
    for (let index = 0; index < tokens.length; index += 1) {
      if (template.tokens[index] === tokens[index]) equal += 1
    }
    if (equal >= most && (best === undefined || equal > most)) {
      best = template
      most = equal
    }
  }
  return best
}
