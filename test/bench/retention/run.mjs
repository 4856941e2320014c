/**
 * What compaction keeps of recorded sessions that was needed afterwards, ours beside the baselines of the
 * evaluator, in one run. The evaluator and the sessions are somewhere else: their licences differ.
 *
 *     npm run bench:retention -- EVALUATOR SESSIONS [--modes cut] [--ratios 0.25,0.15] [--only backfold]
 *
 * Prints the evaluator's report; a run without options also writes it to `RESULTS.md`. Its rows are left in
 * `.cache/retention.jsonl`.
 */
import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'

const ROOT = resolve(import.meta.dirname, '../../..')
const ROWS = join(ROOT, '.cache/retention.jsonl')

const [evaluator, sessions, ...options] = process.argv.slice(2)
if (!evaluator || !sessions) {
  console.error('npm run bench:retention -- EVALUATOR SESSIONS [options of the evaluator]')
  process.exit(2)
}
const tool = resolve(evaluator)
if (!existsSync(join(tool, 'node_modules'))) {
  must('npm', ['install', '--no-audit', '--no-fund'], tool)
}
must('npx', ['vite', 'build', '--mode', 'lib', '--logLevel', 'warn'], ROOT)
mkdirSync(join(ROOT, '.cache'), { recursive: true })
const adapter = join(import.meta.dirname, 'adapter.mjs')
const HEAD = `# What compaction keeps

Recorded sessions are cut, folded to a share of their tokens without a model, and what the recorded assistant did
afterwards says what it still needed. Ours and the baselines ran in one go; \`npm run bench:retention\` writes this.
A recall of ours is one result of many short passages, of the baselines up to five longer ones, of at most 2,000 tokens each way.
`
/** Beside which ours is measured, unless the options say otherwise. */
const BASELINES = [
  'keep-last',
  'clear-tools to budget',
  'tf-idf sentences',
  'hybrid',
  'clear-tools to budget + bm25',
  'tf-idf sentences + bm25',
  'hybrid + bm25',
]
const RATIOS = '0.25,0.15'
const RESULTS = join(import.meta.dirname, 'RESULTS.md')
const ratios = options.includes('--ratios') ? [] : ['--ratios', RATIOS]
const only = options.includes('--only') ? [] : ['--only', ['backfold', ...BASELINES].join()]
must(
  process.execPath,
  [
    'run.mjs',
    '--system',
    adapter,
    ...ratios,
    ...only,
    '--out',
    ROWS,
    ...options,
    resolve(sessions),
  ],
  tool,
)
const report = print(process.execPath, ['report.mjs', ROWS], tool)
console.log(report)
if (options.length === 0) {
  writeFileSync(RESULTS, `${HEAD}${report.trimEnd()}\n`)
  must('npx', ['prettier', '--log-level', 'warn', '--write', RESULTS], ROOT)
}

function print(command, args, cwd) {
  const { status, stdout } = spawnSync(command, args, { cwd, encoding: 'utf8', maxBuffer: 1e8 })
  if (status !== 0) process.exit(status ?? 1)
  return stdout
}

function must(command, args, cwd) {
  const { status } = spawnSync(command, args, { cwd, stdio: ['ignore', 'inherit', 'inherit'] })
  if (status !== 0) process.exit(status ?? 1)
}
