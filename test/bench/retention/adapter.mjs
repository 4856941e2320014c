/**
 * Backfold for the evaluator of retention: the built engine in memory, folded by hand, as a host would
 * that has no model to summarise with.
 */
import { openEngine } from '../../../dist/engine.js'

export const name = 'backfold'

/** Share of the budget that a fold aims at: the evaluator's budget is what must be left after one. */
const TARGET = 0.98
/** The estimate of tokens may be off by so much. */
const MARGIN = 1.01
/** Share of the budget for the newest messages, verbatim. */
const TAIL_SHARE = 0.1
/** Of what a recall may cost, because its tokens are estimates and each hit ends a line. */
const RECALL_MARGIN = 0.97
const DEFAULT_TOKENS = 2_000
/** Least budget that a session takes. */
const LEAST_TOKENS = 1_000
/** Appended at once. */
const SLICE = 500

/** One session of the evaluator. */
export function create() {
  let opened
  /** The context handed out last: what stands behind it in the next one is new. */
  let before = []
  return {
    async compact(messages, budget) {
      opened ??= await openEngine()
      const session = await opened.session('s', policyFor(budget))
      const fresh = messages.slice(startsWith(messages, before) ? before.length : 0)
      for (let at = 0; at < fresh.length; at += SLICE) {
        await session.append(...fresh.slice(at, at + SLICE).map(withoutTime))
      }
      await session.compact()
      await session.apply()
      const context = await session.context({ format: 'openai', adopt: false })
      before = context.messages
      return { messages: context.messages, recall: (query, wish) => recall(session, query, wish) }
    },
  }
}

function startsWith(messages, start) {
  return start.every((message, at) => JSON.stringify(message) === JSON.stringify(messages[at]))
}

function policyFor(budget) {
  const tokens = Math.max(LEAST_TOKENS, Math.round(budget * MARGIN))
  return {
    automatic: false,
    applyAt: 'manual',
    budget: { tokens, soft: TARGET, hard: 1, target: TARGET },
    retainedTail: { messages: 2, share: TAIL_SHARE },
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

/** All passages are one result: the evaluator looks at five, and here there are many short ones. */
async function recall(session, query, { tokens }) {
  const budget = Math.floor((tokens ?? DEFAULT_TOKENS) * RECALL_MARGIN)
  const { hits = [] } = await session.recall(query, { tokens: budget, by: 'model' })
  // In the order of the log, so that of two values the later one is the newer.
  const inOrder = hits.toSorted((a, b) => a.seq - b.seq)
  return [{ text: inOrder.map(({ text }) => text).join('\n') }]
}
