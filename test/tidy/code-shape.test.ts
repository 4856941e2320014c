import { basename } from 'node:path'
import type { ESTree } from 'vite'
import { expect, test } from 'vitest'
import {
  lineOf,
  listFiles,
  parseSource,
  readSources,
  violation,
  visit,
  type SourceFile,
  type Violation,
} from './source-file.ts'

const MAX_FILE_LINES = 400
const MAX_FUNCTION_LINES = 60

const TYPE_STATEMENTS: readonly string[] = [
  'ImportDeclaration',
  'TSInterfaceDeclaration',
  'TSTypeAliasDeclaration',
]

/** A file of types alone may be long: it is read as a table. */
function holdsTypesOnly({ program }: SourceFile): boolean {
  return program.body.every((statement) => {
    if (statement.type !== 'ExportNamedDeclaration') return TYPE_STATEMENTS.includes(statement.type)
    const { declaration } = statement
    return declaration === null || TYPE_STATEMENTS.includes(declaration.type)
  })
}

function findLongFiles(files: readonly SourceFile[]): readonly Violation[] {
  return files.flatMap((file) => {
    const lines = lineOf(file.text, file.text.trimEnd().length)
    return lines <= MAX_FILE_LINES || holdsTypesOnly(file) ? [] : [`${file.path}: ${lines} lines`]
  })
}

/** Lines of each function without those of the functions in it, which are counted on their own. */
function findLongFunctions(files: readonly SourceFile[]): readonly Violation[] {
  return files.flatMap((file) => {
    const found: Violation[] = []
    const inner = [0]
    const enter = (): void => void inner.push(0)
    const leave = ({ start, end }: ESTree.Span): void => {
      const lines = lineOf(file.text, end) - lineOf(file.text, start) + 1
      const own = lines - (inner.pop() ?? 0)
      inner.push((inner.pop() ?? 0) + lines - 1)
      if (own > MAX_FUNCTION_LINES) found.push(violation(file, start, `a function of ${own} lines`))
    }
    visit(file, {
      FunctionDeclaration: enter,
      FunctionExpression: enter,
      ArrowFunctionExpression: enter,
      'FunctionDeclaration:exit': leave,
      'FunctionExpression:exit': leave,
      'ArrowFunctionExpression:exit': leave,
    })
    return found
  })
}

function findForbiddenSyntax(files: readonly SourceFile[]): readonly Violation[] {
  return files.flatMap((file) => {
    const found: Violation[] = []
    const add = (node: ESTree.Span, what: string): void =>
      void found.push(violation(file, node.start, what))
    visit(file, {
      ExportDefaultDeclaration: (node) => add(node, 'a default export'),
      ExportAllDeclaration: (node) => add(node, 'export *'),
      TSEnumDeclaration: (node) => add(node, 'an enum'),
    })
    return found
  })
}

const IMPURE: readonly string[] = [
  'Date.now',
  'Math.random',
  'performance.now',
  'performance.timeOrigin',
  'crypto.randomUUID',
  'crypto.getRandomValues',
]

function findClocksAndDice(files: readonly SourceFile[]): readonly Violation[] {
  return files.flatMap((file) => {
    const found: Violation[] = []
    const addIf = (is: boolean, node: ESTree.Span, what: string): void => {
      if (is) found.push(violation(file, node.start, what))
    }
    visit(file, {
      MemberExpression: (node) => {
        const text = file.text.slice(node.start, node.end).replace(/^globalThis\./, '')
        addIf(IMPURE.includes(text), node, text)
      },
      NewExpression: (node) => addIf(isDate(node.callee), node, 'new Date()'),
      CallExpression: (node) => addIf(isDate(node.callee), node, 'Date()'),
    })
    return found
  })
}

function isDate(callee: ESTree.Node): boolean {
  return callee.type === 'Identifier' && callee.name === 'Date'
}

/** Names that say nothing about what is inside. Published entries may be called `index`. */
const EMPTY_NAMES: readonly string[] = [
  'utils',
  'util',
  'helpers',
  'helper',
  'types',
  'index',
  'misc',
]

function findBadNames(paths: readonly string[]): readonly Violation[] {
  return paths.filter((path) => {
    const name = basename(path).replace(/(?:\.(?:test|test-d|node|browser|d))*\.[cm]?tsx?$/, '')
    const empty = EMPTY_NAMES.includes(name) && !/^src\/[^/]+$/.test(path)
    return empty || !/^[a-z0-9]+(?:-[a-z0-9]+)*$/.test(name)
  })
}

function sample(text: string): readonly SourceFile[] {
  return [parseSource({ path: 'src/core/a.tsx', text })]
}

const lines = (count: number): string => 'a()\n'.repeat(count)

test('[TIDY4] a source file has at most 400 lines, unless it holds types only', () => {
  expect(findLongFiles(sample(lines(401)))).toHaveLength(1)
  expect(findLongFiles(sample(lines(400)))).toEqual([])
  expect(findLongFiles(sample('export type A = 1\n'.repeat(401)))).toEqual([])
  expect(findLongFiles(readSources('src', 'extension', 'test'))).toEqual([])
})

test('[TIDY5] a function has at most 60 lines of its own', () => {
  expect(findLongFunctions(sample(`function f() {\n${lines(59)}}`))).toHaveLength(1)
  expect(findLongFunctions(sample(`const f = () => {\n${lines(58)}}`))).toEqual([])
  const nested = `function f() {\n${lines(40)}const g = () => {\n${lines(40)}}\n}`
  expect(findLongFunctions(sample(nested))).toEqual([])
  expect(findLongFunctions(readSources('src', 'extension'))).toEqual([])
})

test('[TIDY6] core and engine have no clock and no randomness of their own', () => {
  const impure = [
    ...IMPURE.map((name) => `${name}()`),
    'new Date(0)',
    'Date()',
    'globalThis.Date.now()',
  ]
  for (const text of impure) expect(findClocksAndDice(sample(text)), text).toHaveLength(1)
  expect(findClocksAndDice(sample('// Date.now()\nclock.now()'))).toEqual([])
  expect(findClocksAndDice(readSources('src/core', 'src/engine'))).toEqual([])
})

test('[TIDY7] source has no default export, no export * and no enum', () => {
  for (const text of ['export default 1', `export * from './b.ts'`, 'enum A {}']) {
    expect(findForbiddenSyntax(sample(text)), text).toHaveLength(1)
  }
  expect(findForbiddenSyntax(readSources('src', 'extension'))).toEqual([])
})

test('[TIDY8] files are named after what is in them, in kebab-case', () => {
  const bad = [
    'src/core/utils.ts',
    'src/core/index.ts',
    'src/store/DexieStore.ts',
    'test/unit/a_b.ts',
  ]
  expect(findBadNames(bad)).toEqual(bad)
  expect(findBadNames(['src/index.ts', 'test/unit/cut-rules.node.test.ts'])).toEqual([])
  const sources = listFiles('src', 'test').filter((path) => /\.[cm]?tsx?$/.test(path))
  expect(findBadNames(sources)).toEqual([])
})
