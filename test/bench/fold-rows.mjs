import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { bundle } from './bundle.mjs'
import { interleave, ratios, spread } from './statistics.mjs'

export const FOLD_ROWS = [{ name: 'fold-cpu', measure: measureFold }]

/** Each measurement in a process of its own; CPU time of all its threads, garbage collection included. */
async function measureFold({ settings }) {
  const folder = mkdtempSync(join(tmpdir(), 'backfold-bench-fold-'))
  try {
    await bundle({
      entry: 'test/bench/fold-process.ts',
      name: 'fold-process',
      outDir: folder,
      node: true,
    })
    return await measure(join(folder, 'fold-process.mjs'), settings)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

async function measure(file, { repetitions, foldTokens, longFoldTokens }) {
  // Another text each time: a tokenizer that has seen a word before is faster.
  const run = (work, tokens) => async (repetition) => {
    const args = ['--expose-gc', file, work, String(repetition + 1), String(tokens)]
    const { stdout } = await promisify(execFile)(process.execPath, args)
    return JSON.parse(stdout).cpuMs
  }
  const times = await interleave(repetitions, {
    count: run('count', foldTokens),
    fold: run('fold', foldTokens),
    long: run('fold', longFoldTokens),
  })
  const tokens = foldTokens.toLocaleString('en')
  const ms = (values) => `${spread(values)} ms`
  const factor = longFoldTokens / foldTokens
  return [
    {
      what: `built-in folding of ${tokens} tokens, CPU ÷ gpt-tokenizer counting the same text`,
      most: 1,
      values: ratios(times.fold, times.count),
      figures: `counting ${ms(times.count)}, folding ${ms(times.fold)}`,
    },
    {
      what: `built-in folding, CPU a token: ${longFoldTokens.toLocaleString('en')} tokens ÷ ${tokens}`,
      most: 1.3,
      values: ratios(times.long, times.fold).map((ratio) => ratio / factor),
      figures: `${ms(times.fold)}, ${ms(times.long)}`,
    },
  ]
}
