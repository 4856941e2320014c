import { execFileSync } from 'node:child_process'
import {
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'

const root = join(import.meta.dirname, '../..')
// Real, because a compiler names files by where they really are.
const folder = realpathSync(mkdtempSync(join(tmpdir(), 'backfold-readme-')))

afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** What the host of an example has already, by name. */
const GIVEN: Readonly<Record<string, string>> = {
  openBackfold: `import { openBackfold } from 'backfold'`,
  generateText: `import { generateText } from 'ai'`,
  OpenAI: `import type OpenAI from 'openai'`,
  backfold: `declare const backfold: import('backfold').Backfold`,
  session: `declare const session: import('backfold').Session`,
  other: `declare const other: import('backfold').Session`,
  openai: `declare const openai: import('openai').OpenAI`,
  usage: `declare const usage: import('openai').OpenAI.CompletionUsage`,
  request: `declare const request: import('openai').OpenAI.ChatCompletionCreateParamsNonStreaming`,
  own: `declare const own: import('openai').OpenAI.ChatCompletionTool[]`,
  runOwn: `declare const runOwn: (calls: readonly import('backfold').MadeToolCall[]) => Promise<import('openai').OpenAI.ChatCompletionToolMessageParam[]>`,
  messages: `declare const messages: import('ai').ModelMessage[]`,
  findTickets: `declare const findTickets: (messages: readonly import('backfold').Message[], signal: AbortSignal) => Promise<{ title: string; seq: number }[]>`,
  file: `declare const file: File`,
  signal: `declare const signal: AbortSignal`,
  freshJwt: `declare const freshJwt: () => Promise<string>`,
  ...Object.fromEntries(
    ['question', 'model', 'provider', 'apiKey', 'passphrase', 'jwt', 'seed'].map((name) => [
      name,
      `declare const ${name}: string`,
    ]),
  ),
  ...Object.fromEntries(
    ['render', 'renderJobs', 'log', 'onProgress'].map((name) => [
      name,
      `declare const ${name}: (...all: unknown[]) => void`,
    ]),
  ),
}

/** The published entries that examples name, as they are in the source. */
const PATHS = Object.fromEntries(
  [
    ['backfold', 'index'],
    ['backfold/adapters', 'adapters'],
    ['backfold/element', 'element'],
    ['backfold/engine', 'engine'],
    ['backfold/react', 'react'],
  ].map(([entry = '', file]) => [entry, [join(root, `src/${file}.ts`)]]),
)

/** An example as a file that a compiler takes: with what its host has already, where it makes no such thing itself. */
function complete(code: string): string {
  const made = (code.match(/\bconst (?:\w+|\{[^}]*\})|^import .*/gm) ?? []).join('\n')
  const given = Object.entries(GIVEN)
    .filter(([name]) => new RegExp(`\\b${name}\\b`).test(code))
    .filter(([name]) => !new RegExp(`\\b${name}\\b`).test(made))
  return `${given.map(([, line]) => line).join('\n')}\n${code}\nexport {}\n`
}

test('[EX3] every example of the README compiles in a strict project, with the clients of providers', () => {
  const readme = readFileSync(join(root, 'README.md'), 'utf8')
  const blocks = [...readme.matchAll(/^```(tsx?)\n([^]*?)^```$/gm)]
  expect(blocks.length).toBeGreaterThan(15)
  for (const [i, [, extension, code = '']] of blocks.entries()) {
    writeFileSync(join(folder, `example-${i}.${extension}`), complete(code))
  }
  symlinkSync(realpathSync(join(root, 'node_modules')), join(folder, 'node_modules'), 'junction')
  const compilerOptions = {
    // Only what `strict` asks for: more is not every host's.
    ...{ noUncheckedIndexedAccess: false, exactOptionalPropertyTypes: false },
    ...{ isolatedDeclarations: false, declaration: false },
    ...{ noUnusedLocals: false, paths: PATHS },
  }
  const config = { extends: join(root, 'tsconfig.json'), compilerOptions, include: ['*'] }
  writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify(config))
  const tsc = join(root, 'node_modules/typescript/bin/tsc')
  let said = ''
  try {
    execFileSync(process.execPath, [tsc, '-p', folder], { encoding: 'utf8', stdio: 'pipe' })
  } catch (failure) {
    said = String((failure as { readonly stdout?: string }).stdout ?? failure)
  }
  expect(said).toBe('')
}, 120_000)
