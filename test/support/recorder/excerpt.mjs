/**
 * What a dialogue may say about outputs and sources. All of it is read from them when the dialogue
 * is played, so that the assistant says nothing that is not so.
 */

/** Whether a command ended well. */
export const passed = (output) => output.startsWith('exit code 0')

/** First sentence of the docstring before an export; undefined if it has none. */
export function docOf(source, name) {
  const exported = new RegExp(
    `/\\*\\*((?:(?!\\*/)[^])*)\\*/\\s*export (?:async )?(?:const|function|interface|type|class) ${name}\\b`,
  ).exec(source)
  const text = exported?.[1]
    ?.replace(/^\s*\* ?/gm, '')
    .replace(/\s+/g, ' ')
    .trim()
  if (!text) return undefined
  const sentence = /^.*?\.(?=\s|$)/.exec(text)?.[0] ?? text
  return sentence.replace(/\{@link (\w+)\}/g, '`$1`')
}

/** Names of what a source exports. */
export function exportsOf(source) {
  const found = source.matchAll(
    /^export (?:async )?(?:const|function|interface|type|class) ([A-Za-z_$][\w$]*)/gm,
  )
  return [...found].map(([, name]) => name)
}

/** One line per export: its name and the first sentence of its docstring. */
export function describeExports(source, most = 4) {
  return exportsOf(source)
    .map((name) => ({ name, doc: docOf(source, name) }))
    .filter(({ doc }) => doc !== undefined)
    .slice(0, most)
    .map(({ name, doc }) => `- \`${name}\`: ${doc}`)
    .join('\n')
}

/** Exports that have no docstring. */
export function undocumented(source) {
  return exportsOf(source).filter((name) => docOf(source, name) === undefined)
}

export const lineCount = (text) => text.trimEnd().split('\n').length

/** Numbers of vitest's summary. */
export function testNumbers(output) {
  const line = /^\s*Tests\s+(.*)$/m.exec(output)?.[1] ?? ''
  const number = (word) => Number(new RegExp(`(\\d+) ${word}`).exec(line)?.[1] ?? 0)
  return { passed: number('passed'), failed: number('failed') }
}

/** Titles of the tests that vitest reports as failed, each once. */
export function failedTests(output) {
  const titles = [...output.matchAll(/^\s*FAIL\s+.*? > (.*)$/gm)].map(([, title]) => title.trim())
  return [...new Set(titles)]
}

/** Numbers of the lines of a search that are hits, and the files they are in. */
export function hitsOf(output) {
  const lines = output.split('\n').filter((line) => /^[^:]+:\d+:/.test(line))
  return { count: lines.length, files: [...new Set(lines.map((line) => line.split(':')[0]))] }
}

/** Things in a sentence: `a, b and c`. */
export function listed(items, most = 6) {
  const shown = items.slice(0, most).map((item) => `\`${item}\``)
  const more = items.length - shown.length
  if (more > 0) return `${shown.join(', ')} and ${more} more`
  return shown.length > 1
    ? `${shown.slice(0, -1).join(', ')} and ${shown.at(-1)}`
    : (shown[0] ?? 'none')
}

/** A rule of SPEC.md by its number, word for word. */
export function ruleText(spec, id) {
  return new RegExp(`^- \\*\\*${id}\\*\\* (.*)$`, 'm').exec(spec)?.[1] ?? `there is no rule ${id}`
}

export const kilobytes = (bytes) => `${(bytes / 1000).toFixed(1)} kB`
