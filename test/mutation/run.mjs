/**
 * Breaks the core one line at a time, and shows that the tests notice each time. Works on a copy; writes
 * RESULTS.md beside this file.
 *
 *     npm run mutation                    all
 *     npm run mutation -- --only fence    those whose description has the word
 */
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { spawnSync } from 'node:child_process'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { MUTATIONS } from './mutations.mjs'

const ROOT = resolve(import.meta.dirname, '../..')
/** Seeds of the simulation for what no unit test has noticed. */
const SEEDS = '150'

const { values } = parseArgs({ options: { only: { type: 'string' } } })
const chosen = MUTATIONS.filter(({ breaks }) => !values.only || breaks.includes(values.only))
const copy = copyProject()
const rows = []
try {
  expectGreen()
  for (const mutation of chosen) {
    const caught = tryMutation(mutation)
    rows.push({ mutation, caught })
    console.log(`${caught ? 'caught ' : 'MISSED '} ${nameOf(mutation.file)}: ${mutation.breaks}`)
  }
} finally {
  rmSync(copy, { recursive: true, force: true })
}
const missed = rows.filter(({ caught }) => !caught)
if (!values.only) writeResults()
console.log(`${rows.length - missed.length} of ${rows.length} caught`)
process.exitCode = missed.length === 0 ? 0 : 1

function copyProject() {
  const folder = mkdtempSync(join(tmpdir(), 'backfold-mutation-'))
  for (const name of ['src', 'test', 'package.json', 'vitest.config.ts', 'tsconfig.json']) {
    const filter = (from) => !from.includes('node_modules')
    cpSync(join(ROOT, name), join(folder, name), { recursive: true, filter })
  }
  symlinkSync(join(ROOT, 'node_modules'), join(folder, 'node_modules'))
  return folder
}

/** A test that fails without a mutation would notice every one of them. */
function expectGreen() {
  const first = [...new Set(chosen.flatMap((mutation) => mutation.first))]
  const failure = runTests(['--project', 'unit', ...first])
  if (failure) throw new Error(`the tests fail before anything is broken: ${failure}`)
}

/** Breaks one line, runs the tests nearest to it, then all others; the title of the first that fails. */
function tryMutation({ file, find, replace, first }) {
  const path = join(copy, file)
  const source = readFileSync(path, 'utf8')
  if (source.split(find).length !== 2) throw new Error(`${file} must have once: ${find}`)
  writeFileSync(
    path,
    source.replace(find, () => replace),
  )
  try {
    return (
      runTests(['--project', 'unit', ...first]) ??
      runTests(['--project', 'unit']) ??
      runTests(['--project', 'sim'])
    )
  } finally {
    writeFileSync(path, source)
  }
}

function runTests(args) {
  const vitest = join(copy, 'node_modules/vitest/vitest.mjs')
  const run = spawnSync(
    process.execPath,
    [vitest, 'run', '--bail', '1', '--reporter', 'json', ...args],
    {
      cwd: copy,
      encoding: 'utf8',
      maxBuffer: 1 << 28,
      timeout: 600_000,
      env: { ...process.env, BACKFOLD_SEEDS: SEEDS },
    },
  )
  if (run.status === 0) return undefined
  // A break that hangs a test is noticed as well.
  if (run.error) return 'the tests did not end'
  return firstFailure(run.stdout) ?? 'the tests did not run'
}

function firstFailure(output) {
  const start = output.indexOf('{"num')
  if (start === -1) return undefined
  const { testResults } = JSON.parse(output.slice(start))
  const results = testResults.flatMap(({ assertionResults }) => assertionResults)
  return results.find(({ status }) => status === 'failed')?.title
}

function writeResults() {
  const lines = [
    '# Mutation check',
    '',
    `Written by \`npm run mutation\`: ${rows.length} one-line breaks of the core, ${rows.length - missed.length} noticed by the tests.`,
    'Each is tried on a copy; the tests nearest to it run first, then all unit tests, then the simulation.',
    '',
    '| file | what is broken | noticed by |',
    '| --- | --- | --- |',
    ...rows.map(
      ({ mutation, caught }) =>
        `| ${nameOf(mutation.file)} | ${mutation.breaks} | ${cell(caught ?? '**nothing**')} |`,
    ),
    '',
  ]
  writeFileSync(join(import.meta.dirname, 'RESULTS.md'), lines.join('\n'))
}

function nameOf(file) {
  return file.split('/').at(-1).replace('.ts', '')
}

function cell(text) {
  return text.replaceAll('|', '\\|')
}
