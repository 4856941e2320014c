import type { ESTree } from 'vite'
import { expect, test } from 'vitest'
import {
  parseSource,
  readSources,
  readText,
  violation,
  visit,
  type SourceFile,
  type Violation,
} from './source-file.ts'

const SPEC = 'src/core/SPEC.md'
const SUITES = [
  'unit',
  'examples',
  'contract',
  'sim',
  'browser',
  'e2e',
  'extension',
  'hosts',
  'tidy',
].map((name) => `test/${name}`)

/** Identifiers of the rules, in the order of the page: `- **CUT3** …`. */
function readRules(spec: string): readonly string[] {
  return [...spec.matchAll(/^- \*\*([A-Z]+\d+)\*\*/gm)].map(([, rule]) => rule ?? '')
}

interface Title {
  readonly file: SourceFile
  readonly offset: number
  /** Rules that the title starts with: `[CUT3]` or `[CUT3, CUT4]`. */
  readonly rules: readonly string[]
}

/** Takes a table or a condition; the call that takes the title comes after. */
const CURRIED: readonly string[] = ['each', 'for', 'skipIf', 'runIf']

/** Whether a call of this takes a title: `test`, `test.skip`, `test.each(…)` and the like. */
function takesTitle(callee: ESTree.Node): boolean {
  if (callee.type === 'CallExpression') return isCurried(callee.callee)
  if (callee.type === 'TaggedTemplateExpression') return isCurried(callee.tag)
  if (callee.type === 'Identifier') return callee.name === 'test' || callee.name === 'it'
  if (callee.type !== 'MemberExpression' || isCurried(callee)) return false
  return takesTitle(callee.object) && nameOf(callee.property) !== 'extend'
}

function isCurried(callee: ESTree.Node): boolean {
  if (callee.type !== 'MemberExpression') return false
  return CURRIED.includes(nameOf(callee.property)) && takesTitle(callee.object)
}

function nameOf(node: ESTree.Node): string {
  return node.type === 'Identifier' ? node.name : ''
}

function readTitles(files: readonly SourceFile[]): readonly Title[] {
  return files.flatMap((file) => {
    const titles: Title[] = []
    visit(file, {
      CallExpression: ({ callee, arguments: [title] }) => {
        if (!title || !takesTitle(callee)) return
        const rules = /^['"`]\[([A-Z0-9, ]+)\] /.exec(file.text.slice(title.start, title.end))?.[1]
        titles.push({ file, offset: title.start, rules: rules?.split(/, */) ?? [] })
      },
    })
    return titles
  })
}

function findUnknownRules(
  titles: readonly Title[],
  rules: readonly string[],
): readonly Violation[] {
  return titles.flatMap((title) => {
    if (title.rules.length === 0)
      return [violation(title.file, title.offset, 'no rule in the title')]
    return title.rules
      .filter((rule) => !rules.includes(rule))
      .map((rule) => violation(title.file, title.offset, `there is no rule ${rule}`))
  })
}

function findUntestedRules(titles: readonly Title[], rules: readonly string[]): readonly string[] {
  const tested = new Set(titles.flatMap((title) => title.rules))
  return rules.filter((rule) => !tested.has(rule))
}

function sampleTitles(text: string): readonly Title[] {
  return readTitles([parseSource({ path: 'test/unit/a.test.ts', text })])
}

test('[TIDY9] every rule has a test', () => {
  const rules = readRules(readText(SPEC).text)
  expect(findUntestedRules(sampleTitles(`test('[A1] a', f)`), ['A1', 'A2'])).toEqual(['A2'])
  expect(findUntestedRules(sampleTitles(`test.each(a)('[A1, A2] %s', f)`), ['A1', 'A2'])).toEqual(
    [],
  )
  expect(rules.filter((rule, at) => rules.indexOf(rule) !== at)).toEqual([])
  expect(findUntestedRules(readTitles(readSources(...SUITES)), rules)).toEqual([])
})

test('[TIDY10] every test names the rules it shows, and they exist', () => {
  const rules = readRules('- **A1** it is so\n- **A2** and so\nnot **A3** here')
  expect(rules).toEqual(['A1', 'A2'])
  const bad = [
    'test("a", f)',
    'test(title, f)',
    'it.skip(`[A3] a`, f)',
    'test.each([1])("%s", f)',
    'test.for(a)("[A3] b", f)',
    'test.skipIf(a).each(b)("c", f)',
  ]
  for (const text of bad) expect(findUnknownRules(sampleTitles(text), rules), text).toHaveLength(1)
  const good = [
    'test.skip("[A1] a", f)',
    'test.each`a`("[A1, A2] a", f)',
    'const test = base.extend({})',
    'test.each(["a"])("[A1] %s", f)',
    'pattern.test("a")',
  ]
  for (const text of good) expect(findUnknownRules(sampleTitles(text), rules), text).toEqual([])
  const known = readRules(readText(SPEC).text)
  expect(findUnknownRules(readTitles(readSources(...SUITES)), known)).toEqual([])
})
