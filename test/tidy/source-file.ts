import { readdirSync, readFileSync } from 'node:fs'
import { join, relative, sep } from 'node:path'
import { parseSync, Visitor, type ESTree, type VisitorObject } from 'vite'

/** A file of the project; `path` is relative to the root, with slashes. */
export interface TextFile {
  readonly path: string
  readonly text: string
}

/** A file of code with its syntax tree. */
export interface SourceFile extends TextFile {
  readonly program: ESTree.Program
}

/** A place that breaks a rule, as `path:line: what`. */
export type Violation = string

const root = join(import.meta.dirname, '../..')

/** Not ours, or made by a command. */
const SKIPPED = new Set(['node_modules', 'dist', '.git', '.cache', '.vite'])

/** All files below the given folders, or a single file; in the order of their paths. */
export function listFiles(...starts: readonly string[]): readonly string[] {
  return starts.flatMap((start) => walk(join(root, start))).sort()
}

function walk(path: string): readonly string[] {
  return readdirSync(path, { withFileTypes: true }).flatMap((entry) => {
    const child = join(path, entry.name)
    if (entry.isDirectory()) return SKIPPED.has(entry.name) ? [] : walk(child)
    return entry.isFile() ? [relative(root, child).split(sep).join('/')] : []
  })
}

export function readText(path: string): TextFile {
  return { path, text: readFileSync(join(root, path), 'utf8') }
}

/** All TypeScript below the given folders, parsed. */
export function readSources(...folders: readonly string[]): readonly SourceFile[] {
  return listFiles(...folders)
    .filter((path) => /\.tsx?$/.test(path))
    .map((path) => parseSource(readText(path)))
}

/** @throws if the text is no TypeScript: a file that can't be read can't be judged. */
export function parseSource({ path, text }: TextFile): SourceFile {
  const { program, errors } = parseSync(path, text)
  const [first] = errors
  if (first) throw new Error(`${path}: ${first.message}`)
  return { path, text, program }
}

/** Line of an offset, counted from 1. */
export function lineOf(text: string, offset: number): number {
  return text.slice(0, offset).split('\n').length
}

export function violation(file: TextFile, offset: number, what: string): Violation {
  return `${file.path}:${lineOf(file.text, offset)}: ${what}`
}

export function visit(file: SourceFile, visitor: VisitorObject): void {
  new Visitor(visitor).visit(file.program)
}

/** One thing that a file imports: by `import`, `export … from`, `import()`, a type, or a worker's URL. */
export interface Import {
  readonly specifier: string
  readonly offset: number
  readonly kind: 'static' | 'dynamic' | 'url'
}

export function importsOf(file: SourceFile): readonly Import[] {
  const imports: Import[] = []
  const add = (source: ESTree.Node | null, kind: Import['kind']): void => {
    if (source?.type !== 'Literal' || typeof source.value !== 'string') return
    imports.push({ specifier: source.value, offset: source.start, kind })
  }
  visit(file, {
    ImportDeclaration: ({ source }) => add(source, 'static'),
    ExportNamedDeclaration: ({ source }) => add(source, 'static'),
    ExportAllDeclaration: ({ source }) => add(source, 'static'),
    TSImportType: ({ source }) => add(source, 'static'),
    ImportExpression: ({ source }) => add(source, 'dynamic'),
    NewExpression: ({ callee, arguments: [source] }) => {
      if (callee.type === 'Identifier' && callee.name === 'URL') add(source ?? null, 'url')
    },
  })
  return imports
}
