import { brokenPairs, isPrefix, markersIn, tokensOf } from './prompts.mjs'

/** Pauses up to this long are noise, in milliseconds: the machine is shared. */
export const NOISE_MS = 250

/** A prompt that is smaller by a tenth than the one before shows a compaction. */
const SHRUNK = 0.9

/**
 * @typedef {object} Turn
 * @property {number} turn
 * @property {number} from
 * @property {number} to
 * @property {'ok' | 'failed' | 'hung'} end
 * @property {string} [error]
 */

/**
 * What is reported of the turns of one run.
 *
 * @param {ReturnType<typeof import('./environment.mjs').createEnvironment>['log']} log
 * @param {readonly Turn[]} turns
 */
export function figuresOf(log, turns) {
  const pauses = turns.flatMap((turn) => pausesIn(turn, log.work))
  const stalls = pauses.filter((pause) => pause.to - pause.from > NOISE_MS && isWaiting(pause, log))
  return {
    longestPauseMs: longest(pauses),
    longestStallMs: longest(stalls),
    stalledMs: Math.round(stalls.reduce((sum, { from, to }) => sum + to - from, 0)),
    calls: log.summaries.length,
    concurrent: log.mostRunning,
    repeated: countRepeated(log.summaries),
    ...promptFigures(log.prompts.map(({ lines }) => lines)),
    failed: turns.filter(({ end }) => end === 'failed').length,
    hung: turns.filter(({ end }) => end === 'hung').length,
    turns: turns.length,
    error: turns.find(({ error }) => error !== undefined)?.error,
  }
}

/** Times in a turn in which neither the chat model nor the tool worked. */
function pausesIn({ from, to }, work) {
  const own = work
    .filter((span) => span.to > from && span.from < to)
    .toSorted((a, b) => a.from - b.from)
  const pauses = []
  let end = from
  for (const span of own) {
    if (span.from > end) pauses.push({ from: end, to: span.from })
    end = Math.max(end, span.to)
  }
  return to > end ? [...pauses, { from: end, to }] : pauses
}

/** Whether a summariser was called in a pause. The time between its retries counts as well. */
function isWaiting(pause, { summaries }) {
  return summaries.some((call) => call.from < pause.to && call.to > pause.from)
}

function longest(spans) {
  return Math.round(Math.max(0, ...spans.map(({ from, to }) => to - from)))
}

/** Markers that were given to summarisers running at the same time more than once. */
function countRepeated(summaries) {
  let repeated = 0
  summaries.forEach((call, index) => {
    const beside = summaries.slice(0, index).filter(({ to }) => to > call.from)
    const isTwice = (marker) => beside.some(({ text }) => text.includes(marker))
    repeated += markersIn(call.text).filter(isTwice).length
  })
  return repeated
}

function promptFigures(prompts) {
  const tokens = prompts.map(tokensOf)
  const steps = prompts.slice(1).map((after, index) => [prompts[index], after])
  const kept = steps.filter(([before, after]) => isPrefix(before, after)).length
  const shrunk = tokens
    .map((after, index) => ({ before: tokens[index - 1] ?? 0, after }))
    .filter(({ before, after }) => after < before * SHRUNK)
  return {
    prompts: prompts.length,
    tokensMean: mean(tokens),
    tokensMost: Math.max(0, ...tokens),
    tokensBefore: mean(shrunk.map(({ before }) => before)),
    tokensAfter: mean(shrunk.map(({ after }) => after)),
    prefixKept: steps.length === 0 ? 1 : kept / steps.length,
    broken: prompts.filter((lines) => brokenPairs(lines) > 0).length,
  }
}

function mean(numbers) {
  if (numbers.length === 0) return 0
  return Math.round(numbers.reduce((sum, number) => sum + number, 0) / numbers.length)
}
