/**
 * Measures how far the counted tokens of a context are from a model's own count, call by call.
 *
 *     node test/bench/tokens/measure.mjs DIR [--budget 32000] [--sessions]
 *
 * DIR holds recorded sessions (`*.json.gz`, OpenAI chat shape). Every message of the assistant is a
 * request: the context is everything before it, folded each time it passes the budget by a simulated
 * fold that keeps a tail and replaces the rest by digest-like text, so that the mix of the context
 * changes. After each request the model "reports" its exact count. Models are simulated by real
 * vocabularies: o200k, o200k with 6,000 tokens of tool definitions, cl100k. The error of a context is
 * taken before its own report is learned.
 */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { gunzipSync } from 'node:zlib'
import { build } from 'vite'

const root = resolve(import.meta.dirname, '../../..')

/** Tokens that a chat format spends around each message: what we stamp, and what the models spend. */
const STAMPED_OVERHEAD = 4
const REAL_OVERHEAD = 3.5
const TURNS = 5

const models = [
  { name: 'o200k', encoding: 'o200k_base', tools: 0 },
  { name: 'o200k+tools', encoding: 'o200k_base', tools: 6000 },
  { name: 'cl100k', encoding: 'cl100k_base', tools: 0 },
]

const { dir, budget, perSession } = readArguments()
const lib = await loadLibrary()
const estimator = lib.createEstimatingTokeniser()
const exact = {
  o200k_base: await lib.loadExactTokeniser('o200k_base'),
  cl100k_base: await lib.loadExactTokeniser('cl100k_base'),
}
const rows = []
for (const file of readdirSync(dir)
  .filter((name) => name.endsWith('.json.gz'))
  .sort()) {
  const session = JSON.parse(gunzipSync(readFileSync(join(dir, file))).toString('utf8'))
  const messages = session.messages.map((message) => measureText(textOf(message), message.role))
  for (const model of models) {
    for (const every of ['call', 'turn']) {
      rows.push({ session, model: model.name, every, ...replay(messages, model, every) })
    }
  }
}
report(rows)

function readArguments() {
  const args = process.argv.slice(2)
  const at = args.indexOf('--budget')
  const budget = at < 0 ? 32_000 : Number(args[at + 1])
  const dir = args.find((arg, i) => !arg.startsWith('--') && args[i - 1] !== '--budget')
  if (dir === undefined) {
    console.error('usage: node test/bench/tokens/measure.mjs DIR [--budget TOKENS] [--sessions]')
    process.exit(2)
  }
  return { dir, budget, perSession: args.includes('--sessions') }
}

/** Builds the three modules as they are shipped and loads them. */
async function loadLibrary() {
  const out = mkdtempSync(join(tmpdir(), 'backfold-tokens-'))
  process.on('exit', () => rmSync(out, { recursive: true, force: true }))
  await build({
    configFile: false,
    root,
    logLevel: 'error',
    build: {
      outDir: out,
      target: 'es2023',
      lib: {
        entry: {
          estimating: 'src/models/estimating-tokeniser.ts',
          exact: 'src/models/exact-tokeniser.ts',
          calibration: 'src/core/session/calibration.ts',
        },
        formats: ['es'],
        fileName: (_format, name) => `${name}.mjs`,
      },
    },
  })
  const load = (name) => import(pathToFileURL(join(out, name)).href)
  return Object.assign(
    {},
    await load('estimating.mjs'),
    await load('exact.mjs'),
    await load('calibration.mjs'),
  )
}

function textOf({ content, tool_calls: calls }) {
  const text =
    typeof content === 'string' ? content : (content ?? []).map((p) => p.text ?? '').join('\n')
  const parts = (calls ?? []).map((call) => `${call.function.name} ${call.function.arguments}`)
  return [text, ...parts].filter((part) => part !== '').join('\n')
}

function measureText(text, role) {
  return {
    role,
    text,
    estimated: estimator.count(text) + STAMPED_OVERHEAD,
    o200k_base: exact.o200k_base.count(text) + REAL_OVERHEAD,
    cl100k_base: exact.cl100k_base.count(text) + REAL_OVERHEAD,
  }
}

/** Replays a session; returns the error of each context in percent, with what to know about it. */
function replay(messages, model, every) {
  let calibration = lib.INITIAL_CALIBRATION
  let context = []
  let folds = 0
  let verbatimFrom = 1
  let turns = 0
  let sinceFold = 0
  let reports = 0
  const errors = []
  // Some sessions have no assistant: then every eighth message asks the model.
  const silent = !messages.some((message) => message.role === 'assistant')
  messages.forEach((message, i) => {
    const asks = silent ? i % 8 === 7 : message.role === 'assistant'
    const next = messages[i + 1]
    const endsTurn = silent ? asks : next === undefined || (asks && next.role === 'user')
    if (asks && context.length > 0) {
      const estimated = sum(context, 'estimated')
      const real = Math.round(sum(context, model.encoding)) + model.tools
      const shape = { contextKey: `${folds}`, verbatimFrom, model: model.name }
      const counted = lib.calibrate(calibration, estimated, shape)
      const after = folds > 0 && sinceFold === 0
      errors.push({
        error: (100 * (counted - real)) / real,
        raw: (100 * (estimated - real)) / real,
        reports,
        turns,
        after,
      })
      sinceFold++
      if (every === 'call' || endsTurn) {
        calibration = lib.learn(calibration, { ...shape, estimated, reported: real, through: i })
        reports++
      }
      if (endsTurn) turns++
    }
    context.push(message)
    if (
      lib.calibrate(calibration, sum(context, 'estimated'), {
        contextKey: `${folds}`,
        verbatimFrom,
      }) > budget
    ) {
      const folded = fold(context)
      if (folded !== null) {
        context = folded
        // Message i has seq i + 1; the first entry is the digest.
        verbatimFrom = i + 1 - (folded.length - 2)
        folds++
        sinceFold = 0
      }
    }
  })
  return { errors, folds }
}

/** Keeps a quarter of the budget as tail; of the rest, first lines of what people and model said. */
function fold(context) {
  let cut = context.length
  let kept = 0
  while (cut > 0 && kept + context[cut - 1].estimated < budget / 4) kept += context[--cut].estimated
  if (cut < 2) return null
  const lines = context.slice(0, cut).flatMap((message) => {
    if (message.role === 'digest') return message.text.split('\n').slice(-80)
    if (message.role === 'tool') return [`- tool output, ${message.text.length} characters`]
    return message.text
      .split('\n')
      .filter((line) => line.trim() !== '')
      .slice(0, 3)
      .map((line) => `- ${line.slice(0, 200)}`)
  })
  return [measureText(lines.slice(-160).join('\n'), 'digest'), ...context.slice(cut)]
}

function sum(messages, key) {
  return messages.reduce((total, message) => total + message[key], 0)
}

function report(all) {
  for (const every of ['call', 'turn']) {
    for (const { name } of models) {
      const of = all.filter((row) => row.model === name && row.every === every)
      console.log(
        `\n${name}, usage reported every ${every} (percent of the real count; budget ${budget})`,
      )
      const groups = new Map()
      for (const row of of) {
        const group = perSession ? row.session.id : row.session.family
        groups.set(group, [...(groups.get(group) ?? []), row])
      }
      const table = [...groups].map(([group, rows]) => line(group, rows))
      console.table(Object.fromEntries([...table, line('ALL', of)]))
    }
  }
}

function line(group, rows) {
  const errors = rows.flatMap((row) => row.errors)
  const raw = errors.map((e) => Math.abs(e.raw))
  const early = errors.filter((e) => e.reports < TURNS).map((e) => Math.abs(e.error))
  const late = errors.filter((e) => e.reports >= TURNS)
  const folded = late.filter((e) => e.after).map((e) => Math.abs(e.error))
  const lateAbs = late.map((e) => Math.abs(e.error))
  return [
    group,
    {
      contexts: errors.length,
      folds: rows.reduce((total, row) => total + row.folds, 0),
      'uncalibrated mean': mean(raw),
      'before 5: mean': mean(early),
      'before 5: max': max(early),
      'after 5: mean': mean(lateAbs),
      'after 5: max': max(lateAbs),
      'after 5: over 3 %': lateAbs.filter((e) => e > 3).length,
      'after a fold: mean': mean(folded),
      'after a fold: max': max(folded),
    },
  ]
}

function mean(values) {
  return values.length === 0 ? NaN : round(values.reduce((a, b) => a + b, 0) / values.length)
}

function max(values) {
  return values.length === 0 ? NaN : round(values.reduce((a, b) => Math.max(a, b), 0))
}

function round(value) {
  return Math.round(value * 100) / 100
}
