import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { bundle } from '../bundle.mjs'
import { median, round } from '../statistics.mjs'

export const PREFIX_ROWS = [{ name: 'fetch-prefix', measure: measurePrefix }]

const FORMATS = { openai: 'OpenAI', anthropic: 'Anthropic' }

/** Turns of a talk; least and most rounds of tool calls in a turn; the bar, where there is one. */
const TALKS = {
  'talk with tool calls': { turns: 200, rounds: [0, 2], least: 95 },
  'talk alone': { turns: 200, rounds: [0, 0], least: 95 },
  'an agent, tool calls above all': { turns: 40, rounds: [2, 11] },
}

/**
 * What a token costs beside one that is read anew, without a cache. Anthropic bills what it writes into the cache
 * too; a host whose cache would cost more than it saves turns it off, so nobody is billed more than all input.
 */
const PRICES = {
  'Anthropic: read 0.1×, written 1.25×': { of: 'anthropic', read: 0.1, written: 1.25 },
  'OpenAI: read 0.5×': { of: 'openai', read: 0.5, written: 1 },
  'OpenAI: read 0.25×': { of: 'openai', read: 0.25, written: 1 },
}

const SYSTEMS = {
  backfold: 'Backfold, budget 32,000',
  whole: 'the whole history',
  window: 'sliding window of 32,000',
}

/** Each talk in a process of its own; nothing here depends on how long anything takes. */
async function measurePrefix({ settings }) {
  const folder = mkdtempSync(join(tmpdir(), 'backfold-bench-prefix-'))
  try {
    const entry = 'test/bench/fetch/talk-process.ts'
    await bundle({ entry, name: 'talk-process', outDir: folder, node: true })
    const file = join(folder, 'talk-process.mjs')
    const held = []
    for (const [what, talk] of Object.entries(TALKS)) {
      const seeds = Array.from({ length: settings.talks }, (_, at) => at + 1)
      const hold = (format) =>
        Promise.all(seeds.map((seed) => holdTalk(file, format, seed, talk, settings.talkShare)))
      const formats = Object.keys(FORMATS)
      const seen = await Promise.all(formats.map(hold))
      for (const [at, format] of formats.entries()) {
        held.push({ what, talk, format, seen: seen[at] })
      }
    }
    return Object.assign(held.flatMap(figuresOf), { tables: [renderTable(held)] })
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

async function holdTalk(file, format, seed, { turns, rounds }, share) {
  const args = [file, format, seed, Math.round(turns * share), ...rounds].map(String)
  const { stdout } = await promisify(execFile)(process.execPath, args)
  return JSON.parse(stdout)
}

function figuresOf({ what, talk, format, seen }) {
  const all = (name) => seen.map((one) => one[name]).join(', ')
  const counts = `requests ${all('requests')}; folds ${all('generations')}`
  const about = `${what}, ${talk.turns} turns, ${FORMATS[format]}`
  return [
    {
      what: `requests through \`backfold.fetch()\` that begin with all of the request before: ${about}`,
      unit: '%',
      ...(talk.least === undefined ? {} : { least: talk.least }),
      values: seen.map(({ prefixShare }) => prefixShare * 100),
      figures: `${counts}; sliding window ${seen.map(({ windowShare }) => round(windowShare * 100)).join(', ')} %`,
    },
    {
      what: `requests that begin otherwise than the one before, with no fold between them: ${about}`,
      unit: '',
      most: 0,
      values: seen.map(({ unexplained }) => unexplained),
    },
  ]
}

function renderTable(held) {
  const prices = Object.keys(PRICES)
  const rows = held.flatMap(({ what, talk, format, seen }) =>
    Object.entries(SYSTEMS).map(([system, name]) => {
      const sum = (of, field) => of.reduce((total, one) => total + one[system][field], 0)
      const [input, cached] = ['input', 'cached'].map((field) => sum(seen, field) / seen.length)
      const billed = prices.map((price) => {
        if (PRICES[price].of !== format) return '–'
        return round(median(seen.map((one) => costOf(one[system], PRICES[price]) / 1e3)))
      })
      const cells = [round(input / 1e3), `${round((cached / input) * 100)} %`, ...billed]
      return `| ${what}, ${talk.turns} turns | ${FORMATS[format]} | ${name} | ${cells.join(' | ')} |`
    }),
  )
  return [
    `| talk | format | sent | input tokens, thousands | of them cached | ${prices.map((price) => `billed, thousands (${price})`).join(' | ')} |`,
    `|---|---|---|---:|---:|${'---:|'.repeat(prices.length)}`,
    ...rows,
  ].join('\n')
}

/** In tokens that are read anew. */
function costOf({ input, cached }, { read, written }) {
  return Math.min(input, cached * read + (input - cached) * written)
}
