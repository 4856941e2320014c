import { BaseChatModel } from '@langchain/core/language_models/chat_models'
import { AIMessage } from '@langchain/core/messages'
import { MemorySaver } from '@langchain/langgraph'
import { createAgent, summarizationMiddleware, tool } from 'langchain'
import { z } from 'zod'
import { beginLife } from './life.mjs'

const CONFIG = { configurable: { thread_id: 't' } }

/**
 * `summarizationMiddleware` on `createAgent`, with a checkpointer, as its page shows.
 *
 * @param {{ name: string, label: string, notes: string, trimTokensToSummarize?: number }} form
 * @returns {import('../peer.mjs').Peer}
 */
export function createLangChainPeer({ name, label, notes, trimTokensToSummarize }) {
  const open = (env) => openSession(env, trimTokensToSummarize)
  return {
    name,
    label,
    kind: 'sync',
    packages: [
      'langchain',
      '@langchain/core',
      '@langchain/langgraph',
      '@langchain/langgraph-checkpoint',
    ],
    source: 'https://docs.langchain.com/oss/javascript/langchain/middleware/built-in#summarization',
    retrieval: 'app',
    notes,
    open,
    reopen: open,
  }
}

async function openSession(world, trimTokensToSummarize) {
  const life = await beginLife(world)
  const { env } = life
  const checkpointer = saverThrough(env)
  const summariser = new ScriptedModel(async (messages, signal) => {
    const text = messages.map((message) => message.text).join('\n')
    return { text: await env.summarise(text, { signal }), calls: [] }
  })
  const agent = createAgent({
    model: new ScriptedModel((messages, signal) =>
      env.chat({ messages: messages.map(lineOf), signal }),
    ),
    systemPrompt: env.instructions,
    tools: [lookupOf(env)],
    checkpointer,
    middleware: [
      summarizationMiddleware({
        model: summariser,
        trigger: { tokens: env.budgets.triggerTokens },
        keep: { tokens: env.budgets.keepTokens },
        tokenCounter: (messages) =>
          Math.ceil(messages.map((message) => lineOf(message).text).join('').length / 4),
        ...(trimTokensToSummarize === undefined ? {} : { trimTokensToSummarize }),
      }),
    ],
  })
  let config = CONFIG
  return {
    turn: (text) =>
      life.live(async () => {
        const from = { ...config, signal: life.signal }
        config = CONFIG
        await agent.invoke({ messages: [{ role: 'user', content: text }] }, from)
      }),
    async retrieve(marker) {
      for await (const { checkpoint } of checkpointer.list(CONFIG)) {
        if (JSON.stringify(checkpoint.channel_values).includes(marker)) return true
      }
      return false
    },
    /** Time travel: the next turn continues from the newest state that had more messages than the one after. */
    async rollback() {
      let after = Infinity
      for await (const state of agent.graph.getStateHistory(CONFIG)) {
        const count = state.values.messages?.length ?? 0
        if (count > after) {
          config = state.config
          break
        }
        after = count
      }
      return config === CONFIG
        ? 'no state from before was found'
        : 'getStateHistory and checkpoint_id'
    },
    close: () => life.end(),
  }
}

function saverThrough(env) {
  class Saver extends MemorySaver {
    put(...args) {
      return env.write('checkpoint.put', () => super.put(...args))
    }
    putWrites(...args) {
      return env.write('checkpoint.putWrites', () => super.putWrites(...args))
    }
  }
  const saver = new Saver()
  // The same rows for every process.
  const rows = env.disk.get('rows') ?? { storage: saver.storage, writes: saver.writes }
  env.disk.set('rows', rows)
  return Object.assign(saver, rows)
}

/** Asks through the library's own caller, as the models of its integrations do: with its retries. */
class ScriptedModel extends BaseChatModel {
  constructor(answer) {
    super({})
    this.answer = answer
  }
  _llmType() {
    return 'scripted'
  }
  bindTools() {
    return this
  }
  async _generate(messages, { signal }) {
    const { text, calls } = await this.caller.call(() => this.answer(messages, signal))
    const message = new AIMessage({
      content: text,
      tool_calls: calls.map(({ id, name, args }) => ({ id, name, args, type: 'tool_call' })),
    })
    return { generations: [{ text, message }] }
  }
}

function lineOf(message) {
  const type = message.getType()
  const calls = message.tool_calls ?? []
  const role = { human: 'user', ai: 'assistant', tool: 'tool', system: 'system' }[type] ?? 'user'
  return {
    role,
    text: [message.text, ...calls.map(({ args }) => JSON.stringify(args))].join(''),
    callIds: calls.map(({ id }) => id),
    resultIds: type === 'tool' ? [message.tool_call_id] : [],
  }
}

function lookupOf(env) {
  return tool(
    (args, config) =>
      env.tool({ id: config.toolCall?.id ?? config.toolCallId, name: 'lookup', args }),
    {
      name: 'lookup',
      description: 'Looks something up.',
      schema: z.object({ query: z.string() }),
    },
  )
}
