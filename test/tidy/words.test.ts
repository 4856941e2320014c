import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { expect, test } from 'vitest'
import { listFiles, readText, violation, type TextFile, type Violation } from './source-file.ts'

/** Words that have a better one in this project, with that one. */
const SYNONYMS: readonly (readonly [RegExp, string])[] = [
  [/\bsummariz(?:e|er|ing|ation)\b/i, 'summarise, summariser'],
  // Streams of the platform have a field of that name.
  [/(?<!\bhigh)watermark/i, 'high-water mark'],
  [/\bmutex\b/i, 'lease'],
  [/\bleader(?:ship)?\b/i, 'lease holder'],
  [/\bcheckpoints?\b/i, 'generation or snapshot'],
]

/** What belongs to a machine or to the making of the project, and not into it. */
const STRANGERS: readonly (readonly [RegExp, string])[] = [
  [/\.\.\/shared\b/, 'a path outside the project'],
  [/(?:^|[\s"'`(=:>]|\\[nt])\/work\/\w+/, 'a path of one machine'],
  [/\bissue #\d/i, 'the number of an issue'],
  [
    /https?:\/\/[^\s"'`]*(?:registry|artifactory|verdaccio|nexus)[^\s"'`]*/i,
    'the host of a registry',
  ],
  [/_authToken\s*=|\bnpm_[A-Za-z0-9]{30,}/, 'a credential'],
]

/** This file has to name them, and the lock file says where each package is published. */
const EXEMPT = new Set(['test/tidy/words.test.ts', 'package-lock.json'])

const BINARY = /\.(?:png|jpe?g|webp|gif|ico|woff2?|wasm|tgz)$/

/** Recorded sessions say what people and tools said, and other libraries, servers and browsers have names of their own. */
const OTHERS_WORDS =
  /^(?:public\/sessions|test\/hazards)\/|^src\/models\/browser-ai\/foreign-names\.ts$|^test\/support\/nats\/start-cluster\.ts$/

function readTexts(): readonly TextFile[] {
  return listFiles('.')
    .filter((path) => !EXEMPT.has(path) && !BINARY.test(path))
    .map((path) => (path.endsWith('.gz') ? unpack(path) : readText(path)))
}

const root = join(import.meta.dirname, '../..')

function unpack(path: string): TextFile {
  return { path, text: gunzipSync(readFileSync(join(root, path))).toString('utf8') }
}

function findWords(
  files: readonly TextFile[],
  words: readonly (readonly [RegExp, string])[],
): readonly Violation[] {
  return files.flatMap((file) =>
    words.flatMap(([pattern, instead]) => {
      const match = pattern.exec(file.text)
      return match ? [violation(file, match.index, `${match[0].trim()} (${instead})`)] : []
    }),
  )
}

test('[TIDY11] names, docs and texts use the words of the project', () => {
  const sample = { path: 'a.md', text: 'The Summarizer moves the watermark and takes a mutex' }
  expect(findWords([sample], SYNONYMS)).toHaveLength(3)
  const ours = readTexts().filter(({ path }) => !OTHERS_WORDS.test(path))
  expect(ours.length).toBeGreaterThan(20)
  expect(findWords(ours, SYNONYMS)).toEqual([])
})

test('[TIDY12] nothing points at a machine, a registry or the making of the project', () => {
  const texts = [
    'see ../shared/a.md',
    'cd /work/main',
    'see issue #2',
    'https://registry.example.org/a',
  ]
  for (const text of texts)
    expect(findWords([{ path: 'a.md', text }], STRANGERS), text).toHaveLength(1)
  expect(findWords(readTexts(), STRANGERS)).toEqual([])
})
