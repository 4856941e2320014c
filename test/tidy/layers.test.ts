import { posix } from 'node:path'
import { expect, test } from 'vitest'
import {
  importsOf,
  parseSource,
  readSources,
  violation,
  type Import,
  type SourceFile,
  type Violation,
} from './source-file.ts'

/** Layers from the bottom up. A layer imports itself and what is below, never its neighbours. */
const LAYERS: readonly (readonly string[])[] = [
  ['core'],
  ['protocol'],
  ['engine'],
  ['store', 'models', 'tabs', 'sync', 'adapters'],
  ['worker', 'client'],
  ['widget'],
  ['app'],
  // Its pages show the app's.
  ['extension'],
]

/** Published entries, which pick names from anywhere; only the app uses them as a host would. */
const ENTRY = /^src\/[\w-]+\.ts$/

/** Packages with one home each, a layer or a folder of one. A package not named here may be used by the app alone. */
const PACKAGES: Readonly<Record<string, readonly string[]>> = {
  dexie: ['store'],
  comlink: ['client', 'worker'],
  tokenx: ['models'],
  'eventsource-parser': ['adapters'],
  'gpt-tokenizer': ['models'],
  openai: ['models'],
  '@mlc-ai/web-llm': ['models'],
  '@anthropic-ai/sdk': ['models'],
  '@google/genai': ['models'],
  '@nats-io/nats-core': ['sync/nats'],
  '@noble/hashes': ['core', 'engine', 'models', 'store', 'worker'],
  '@noble/ciphers': ['store'],
}

const PACKAGE_HOMES = ['app', 'widget', 'extension']

/** `core` for `src/core/a.ts`; undefined for published entries and what is outside `src` and the extension. */
function layerOf(path: string): string | undefined {
  return path.startsWith('extension/') ? 'extension' : /^src\/([\w-]+)\//.exec(path)?.[1]
}

function rankOf(layer: string): number {
  return LAYERS.findIndex((layers) => layers.includes(layer))
}

/** Why a file may not import this; undefined if it may. */
function judgeImport(file: SourceFile, { specifier, kind }: Import): string | undefined {
  const from = layerOf(file.path)
  if (kind === 'url' && !/^\.{1,2}\/.*\.tsx?$/.test(specifier)) return undefined
  if (!specifier.startsWith('.')) return judgePackage(file.path, from, specifier)
  const target = posix.join(posix.dirname(file.path), specifier)
  const to = layerOf(target)
  if (to !== 'extension' && !target.startsWith('src/')) {
    return from === 'app' || from === 'extension' ? undefined : `${target} is outside src`
  }
  if (from === undefined) return to === 'worker' ? 'nothing imports the worker' : undefined
  if (to === undefined) {
    return ENTRY.test(target) && rankOf(from) >= rankOf('widget')
      ? undefined
      : `${from} imports the entry ${target}`
  }
  if (kind === 'url') return judgeWorkerUrl(from, to)
  if (to === from) return undefined
  if (to === 'worker') return 'nothing imports the worker'
  return rankOf(to) < rankOf(from) ? undefined : `${from} imports ${to}`
}

function judgePackage(
  path: string,
  from: string | undefined,
  specifier: string,
): string | undefined {
  if (from === undefined || PACKAGE_HOMES.includes(from)) {
    return specifier === 'dexie' || specifier === 'comlink' ? `${specifier} is imported` : undefined
  }
  const name = /^(?:@[^/]+\/)?[^/]+/.exec(specifier)?.[0] ?? specifier
  const homes = PACKAGES[name] ?? []
  return homes.some((home) => path.startsWith(`src/${home}/`))
    ? undefined
    : `${from} imports ${specifier}`
}

function judgeWorkerUrl(from: string, to: string): string | undefined {
  if (to !== 'worker') return `a URL of ${to}, which is no worker`
  return from === 'client' || from === 'worker' ? undefined : `${from} starts a worker`
}

function findForbiddenImports(files: readonly SourceFile[]): readonly Violation[] {
  return files.flatMap((file) =>
    importsOf(file).flatMap((found) => {
      const reason = judgeImport(file, found)
      return reason === undefined ? [] : [violation(file, found.offset, reason)]
    }),
  )
}

function judge(path: string, text: string): readonly Violation[] {
  return findForbiddenImports([parseSource({ path, text })])
}

test('[TIDY1] imports point down the list of layers only', () => {
  const unknown = readSources('src', 'extension').flatMap(({ path }) => {
    const layer = layerOf(path)
    return layer === undefined || rankOf(layer) >= 0 ? [] : [path]
  })
  expect(unknown).toEqual([])
  expect(findForbiddenImports(readSources('src', 'extension'))).toEqual([])
})

test.each([
  ['src/core/a.ts', `import type { A } from '../protocol/b.ts'`],
  ['src/core/a.ts', `type A = import('../store/b.ts').B`],
  ['src/core/a.ts', `import { readFileSync } from 'node:fs'`],
  ['src/engine/a.ts', `import { b } from '../store/b.ts'`],
  ['src/protocol/a.ts', `export { b } from '../engine/b.ts'`],
  ['src/store/a.ts', `import { b } from '../models/b.ts'`],
  ['src/client/a.ts', `const b = import('../app/b.ts')`],
  ['src/client/a.ts', `import { b } from '../index.ts'`],
  ['src/client/a.ts', `import { b } from '../../test/support/b.ts'`],
])('[TIDY1] the check sees a forbidden import: %s with %s', (path, text) => {
  expect(judge(path, text)).toHaveLength(1)
})

test.each([
  ['src/client/a.ts', `import { b } from '../worker/b.ts'`],
  ['src/app/a.ts', `import { b } from '../worker/b.ts'`],
  ['src/index.ts', `export { b } from './worker/b.ts'`],
  ['src/app/a.ts', `new Worker(new URL('../worker/b.ts', import.meta.url))`],
  ['src/client/a.ts', `new Worker(new URL('../store/b.ts', import.meta.url))`],
])('[TIDY2] the worker is only ever started, by its URL: %s with %s', (path, text) => {
  expect(judge(path, text)).toHaveLength(1)
  const start = `new Worker(new URL('../worker/b.ts', import.meta.url))`
  expect(judge('src/client/a.ts', start)).toEqual([])
})

test.each([
  ['src/engine/a.ts', `import { Dexie } from 'dexie'`],
  ['src/client/a.ts', `import type { Table } from 'dexie'`],
  ['src/app/a.ts', `import { liveQuery } from 'dexie'`],
  ['src/index.ts', `import { wrap } from 'comlink'`],
  ['src/store/a.ts', `import { wrap } from 'comlink'`],
  ['src/client/a.ts', `import { estimateTokenCount } from 'tokenx'`],
  ['src/client/a.ts', `import React from 'react'`],
  ['src/sync/a.ts', `import type { NatsConnection } from '@nats-io/nats-core'`],
])('[TIDY3] a package is imported by its home only: %s with %s', (path, text) => {
  expect(judge(path, text)).toHaveLength(1)
  expect(judge('src/store/a.ts', `import { Dexie } from 'dexie'`)).toEqual([])
  expect(judge('src/worker/a.ts', `import { expose } from 'comlink'`)).toEqual([])
  expect(judge('src/sync/nats/a.ts', `import { headers } from '@nats-io/nats-core'`)).toEqual([])
})
