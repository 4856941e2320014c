/**
 * What compaction keeps of recorded sessions that was needed afterwards, ours beside the baselines of the
 * evaluator, in one run. The evaluator and the sessions are somewhere else: their licences differ.
 *
 *     npm run bench:retention -- EVALUATOR SESSIONS [--modes cut] [--ratios 0.25,0.15] [--only backfold]
 *
 * Prints the evaluator's report. Its rows are left in `.cache/retention.jsonl`.
 */
import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync } from 'node:fs'
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
/** Beside which ours is measured, unless the options say otherwise. */
const BASELINES = [
  'keep-last',
  'clear-tools to budget',
  'tf-idf sentences',
  'hybrid',
  'hybrid + bm25',
]
const only = options.includes('--only') ? [] : ['--only', ['backfold', ...BASELINES].join()]
must(
  process.execPath,
  ['run.mjs', '--system', adapter, ...only, '--out', ROWS, ...options, resolve(sessions)],
  tool,
)
must(process.execPath, ['report.mjs', ROWS], tool)

function must(command, args, cwd) {
  const { status } = spawnSync(command, args, { cwd, stdio: ['ignore', 'inherit', 'inherit'] })
  if (status !== 0) process.exit(status ?? 1)
}
