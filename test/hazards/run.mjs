/**
 * Puts libraries that compact contexts through the same hazards, and ours with them.
 *
 *     npm run hazards                                      all
 *     npm run hazards -- --only backfold,none              some peers; writes nothing
 *     npm run hazards -- --scenario burst,kill --json F    some scenarios; the figures into a file
 */
import { spawn, spawnSync } from 'node:child_process'
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { fullReport, summaryTable } from './report.mjs'
import { SCENARIOS } from './scenarios.mjs'

const HERE = import.meta.dirname
const ROOT = join(HERE, '../..')
const README = join(ROOT, 'README.md')
/** In the order of the report. */
const PEERS = [
  'none',
  'naive-async',
  'langchain-summarization',
  'langchain-untrimmed',
  'ai-sdk-prune',
  'openai-agents',
  'openai-agents-opaque',
  'google-adk',
  'mastra',
  'backfold',
]
/** Longest time for one peer in one scenario. */
const CELL_DEADLINE_MS = 420_000
/** Cells at a time: each is mostly waiting. */
const AT_ONCE = 2

const { values } = parseArgs({
  options: {
    only: { type: 'string' },
    scenario: { type: 'string' },
    json: { type: 'string' },
  },
})
const names = choose(values.only, PEERS)
const scenarios = choose(values.scenario, Object.keys(SCENARIOS))

prepare()
const results = await runAll()
const peers = await Promise.all(names.map(async (name) => (await load(name)).peer))
const date = new Date().toISOString().slice(0, 10)
if (values.json) writeFileSync(values.json, JSON.stringify(Object.fromEntries(results), null, 2))
if (!values.only && !values.scenario) {
  writeFileSync(join(HERE, 'RESULTS.md'), fullReport(results, peers, { date }))
  writeReadme(summaryTable(results, peers))
}
console.log(fullReport(results, peers, { date }))
process.exit(0)

function choose(given, all) {
  if (!given) return all
  const chosen = given.split(',')
  const unknown = chosen.filter((name) => !all.includes(name))
  if (unknown.length > 0) throw new Error(`no ${unknown.join(', ')}; there are ${all.join(', ')}`)
  return chosen
}

/** Installs the peers and builds the library, where that has not been done. */
function prepare() {
  if (!existsSync(join(HERE, 'node_modules'))) must('npm', ['ci', '--no-audit', '--no-fund'], HERE)
  if (!existsSync(join(ROOT, 'node_modules'))) must('npm', ['ci', '--no-audit', '--no-fund'], ROOT)
  const built = join(ROOT, 'dist/engine.js')
  if (!existsSync(built) || newest(join(ROOT, 'src')) > statSync(built).mtimeMs) {
    must('npx', ['vite', 'build', '--mode', 'lib', '--logLevel', 'warn'], ROOT)
  }
}

function must(command, args, cwd) {
  const { status } = spawnSync(command, args, { cwd, stdio: 'inherit' })
  if (status !== 0) throw new Error(`${command} ${args.join(' ')} failed`)
}

function newest(folder) {
  return Math.max(
    ...readdirSync(folder, { recursive: true }).map((name) => statSync(join(folder, name)).mtimeMs),
  )
}

async function runAll() {
  const cells = names.flatMap((name) => scenarios.map((scenario) => ({ name, scenario })))
  const found = new Map(names.map((name) => [name, {}]))
  const work = async () => {
    for (let cell = cells.shift(); cell; cell = cells.shift()) {
      const { name, scenario } = cell
      const startedAt = Date.now()
      const result = await runCell(name, scenario)
      if (result) found.get(name)[scenario] = result
      const took = `${Math.round((Date.now() - startedAt) / 1_000)} s`
      console.error(`${result ? 'done     ' : 'NO RESULT'} ${name}, ${scenario}: ${took}`)
    }
  }
  await Promise.all(Array.from({ length: AT_ONCE }, work))
  return found
}

/** The figures of one cell; undefined if its process died or did not end. */
function runCell(name, scenario) {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [join(HERE, 'cell.mjs'), name, scenario], {
      cwd: HERE,
      stdio: ['ignore', 'pipe', 'ignore'],
      env: { ...process.env, NODE_ENV: 'production' },
    })
    let output = ''
    child.stdout.on('data', (data) => (output += data))
    const timer = setTimeout(() => child.kill('SIGKILL'), CELL_DEADLINE_MS)
    child.on('close', () => {
      clearTimeout(timer)
      const last = output.trimEnd().split('\n').at(-1) ?? ''
      resolve(last.startsWith('{"label"') ? JSON.parse(last).result : undefined)
    })
  })
}

function load(name) {
  return import(`./peers/${name}.mjs`)
}

function writeReadme(summary) {
  const text = readFileSync(README, 'utf8')
  const [start, end] = ['<!-- hazards -->', '<!-- /hazards -->']
  if (!text.includes(start) || !text.includes(end)) throw new Error('README.md has no place for it')
  const before = text.slice(0, text.indexOf(start) + start.length)
  writeFileSync(README, `${before}\n\n${summary}\n\n${text.slice(text.indexOf(end))}`)
  must('npx', ['prettier', '--write', README], ROOT)
}
