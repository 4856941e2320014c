/**
 * Backfold for the evaluator of retention: the built engine in memory, folded by hand, as a host would
 * that has no model to summarise with.
 */
import { openEngine } from '../../../dist/engine.js'

export const name = 'backfold'

/** Share of the budget that a fold aims at: the evaluator's budget is what must be left after one. */
const TARGET = 0.5
/** The estimate of tokens may be off by so much. */
const MARGIN = 0.92
/** Least budget that a session takes. */
const LEAST_TOKENS = 1_000
/** Appended at once. */
const SLICE = 500

/** One session of the evaluator. */
export function create() {
  let opened
  let appended = 0
  return {
    async compact(messages, budget) {
      opened ??= await openEngine()
      const session = await opened.session('s', policyFor(budget))
      for (; appended < messages.length; appended += SLICE) {
        await session.append(...messages.slice(appended, appended + SLICE).map(withoutTime))
      }
      appended = messages.length
      await session.compact()
      await session.apply()
      const context = await session.context({ format: 'openai', adopt: false })
      return { messages: context.messages, recall: (query, wish) => recall(session, query, wish) }
    },
  }
}

function policyFor(budget) {
  const tokens = Math.max(LEAST_TOKENS, Math.round((budget * MARGIN) / TARGET))
  return {
    automatic: false,
    applyAt: 'manual',
    budget: { tokens, soft: 0.9, hard: 1, target: TARGET },
    retainedTail: { messages: 2, share: TARGET / 2 },
    minimumGain: 0,
    probation: { turns: 0 },
    // Every budget of a session is tried on a session of its own, so nothing is ever too old.
    candidateMaxAgeMs: 1e12,
  }
}

/** The evaluator's sessions say when a message was written; the format of chat completions does not. */
function withoutTime({ ts, ...message }) {
  void ts
  return message
}

async function recall(session, query, { k }) {
  const { hits = [] } = await session.recall(query, { limit: k })
  return hits.map(({ text }) => ({ text }))
}
