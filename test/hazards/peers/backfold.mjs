import { fileURLToPath } from 'node:url'
import { beginLife } from './life.mjs'

const ENGINE = fileURLToPath(new URL('../../../dist/engine.js', import.meta.url))

/** Words of a summary in one line of a digest: no more messages than a line may name. */
const WORDS_PER_LINE = 10

/**
 * Ours, as the README says: append, context, append.
 *
 * @param {() => Promise<object>} loadEngine What `backfold/engine` exports.
 * @returns {import('../peer.mjs').Peer}
 */
export function createBackfoldPeer(loadEngine) {
  const open = async (world) => openSession(await loadEngine(), world)
  return {
    name: 'backfold',
    label: 'Backfold',
    kind: 'ours',
    packages: [],
    source: 'README.md',
    retrieval: 'model',
    notes: [
      'the scripted summariser is an extractor of the host beside the built-in ones, asked block by block',
      'thresholds in the ratio of the defaults',
      'storage in memory, every transaction a possible end of the process',
    ].join('; '),
    open,
    reopen: open,
  }
}

export const peer = createBackfoldPeer(() => import(ENGINE))

/** The soft threshold at the trigger, and about so much kept verbatim, as for every other peer. */
function policyFor({ triggerTokens, keepTokens }) {
  const tokens = Math.round(triggerTokens / 0.7)
  return {
    budget: { tokens },
    retainedTail: { share: keepTokens / tokens },
  }
}

async function openSession({ openEngine, createMemoryRows, createMemoryStore }, world) {
  const life = await beginLife(world)
  const { env } = life
  const rows = env.disk.get('rows') ?? createMemoryRows()
  env.disk.set('rows', rows)
  const backfold = await openEngine({
    store: throughEnvironment(createMemoryStore(rows), env),
    // Four characters a token, as the others are told to count.
    tokeniser: { name: 'fours', count: (text) => Math.ceil(text.length / 4) },
    extractors: [notesFrom(env)],
  })
  const session = await backfold.session('s', policyFor(env.budgets))
  if (session.state.get().messages === 0) {
    await session.append({ role: 'system', content: env.instructions })
  }
  const take = async (text) => {
    await session.append({ role: 'user', content: text })
    for (;;) {
      const { messages } = await session.context({ format: 'openai' })
      const reply = await env.chat({ messages: messages.map(lineOf), signal: life.signal })
      await session.append(messageOf(reply))
      if (reply.calls.length === 0) return
      for (const call of reply.calls) {
        const content = await env.tool(call)
        await session.append({ role: 'tool', tool_call_id: call.id, content })
      }
    }
  }
  return {
    turn: (text) => life.live(() => take(text)),
    retrieve: (marker) => recalls(session, marker),
    async rollback() {
      const [newest] = (await session.generations()).filter(({ status }) => status === 'applied')
      const { kind, reason = '' } = await session.rollback(newest?.parent ?? 0)
      return `session.rollback(n): ${kind} ${reason}`.trim()
    },
    async close() {
      await backfold.close()
      await life.end()
    },
  }
}

/** Searches by words, and reads the message that was found by its position. */
async function recalls(session, marker) {
  const { hits = [] } = await session.recall(marker, { limit: 3 })
  for (const { seq } of hits) {
    const { messages } = await session.recall({ from: seq, to: seq })
    if (messages.some((message) => wholeText(message).includes(marker))) return true
  }
  return false
}

/** Every transaction that writes may be the one before which the process dies. */
function throughEnvironment(store, env) {
  return {
    ...store,
    commit: (query, decide) => env.write('commit', () => store.commit(query, decide)),
    put: (rows) => env.write('put', () => store.put(rows)),
  }
}

/** The summariser as one more extractor. */
function notesFrom(env) {
  return {
    name: 'notes',
    timeoutMs: 5_000,
    async extract({ messages }, signal) {
      const summary = await env.summarise(messages.map(wholeText).join('\n'), { signal })
      return linesOf(summary, messages)
    },
  }
}

/** A summary in lines, each with the messages that it is about. */
function linesOf(summary, messages) {
  const words = summary.split(' ').filter((word) => word !== '')
  const lines = []
  for (let from = 0; from < words.length; from += WORDS_PER_LINE) {
    const said = words.slice(from, from + WORDS_PER_LINE)
    const named = messages.filter((message) => said.some((word) => isAbout(message, word)))
    const sources = (named.length > 0 ? named : messages).map(({ seq }) => seq)
    lines.push({ section: 'state', text: said.join(' '), sources, salience: 90 })
  }
  return lines
}

function isAbout(message, word) {
  return /\d/.test(word) && wholeText(message).includes(word)
}

function wholeText({ parts }) {
  return parts.map((part) => part.text ?? part.output ?? part.input ?? '').join(' ')
}

function lineOf({ role, content, tool_calls: calls = [], tool_call_id: answered }) {
  const called = calls.map((call) => call.function.arguments).join(' ')
  return {
    role,
    text: `${typeof content === 'string' ? content : ''}${called}`,
    callIds: calls.map(({ id }) => id),
    resultIds: answered ? [answered] : [],
  }
}

function messageOf({ text, calls }) {
  if (calls.length === 0) return { role: 'assistant', content: text }
  return {
    role: 'assistant',
    content: null,
    tool_calls: calls.map(({ id, name, args }) => ({
      id,
      type: 'function',
      function: { name, arguments: JSON.stringify(args) },
    })),
  }
}
