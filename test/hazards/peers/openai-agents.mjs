import {
  Agent,
  OpenAIProvider,
  OpenAIResponsesCompactionSession,
  Runner,
  tool,
} from '@openai/agents'
import OpenAI from 'openai'
import { z } from 'zod'
import { tokensOf } from '../prompts.mjs'
import { beginLife } from './life.mjs'
import { createFileSession } from './openai-agents-session.mjs'
import { openResponsesServer } from './openai-responses-server.mjs'
import { createScriptedService, lineOf } from './openai-scripted-service.mjs'

const model = 'gpt-5-mini'

/**
 * `OpenAIResponsesCompactionSession` around a stored session, driven by `Runner.run`, against a
 * scripted Responses server on 127.0.0.1.
 *
 * The service's answer to a compaction is documented as "all user messages, followed by a single
 * compaction item" (`CompactedResponse.output`, openai/resources/responses/responses.d.ts).
 *
 * @param {{ name: string, label: string, keepsUserMessages: boolean, notes: string }} form
 * @returns {import('../peer.mjs').Peer}
 */
export function createOpenAiAgentsPeer({ name, label, keepsUserMessages, notes }) {
  return {
    name,
    label,
    kind: 'sync',
    packages: ['@openai/agents', 'openai'],
    source: 'https://openai.github.io/openai-agents-js/guides/sessions/',
    retrieval: 'none',
    notes: [
      notes,
      'compaction runs inside run(), after the answer and before run() resolves',
      'shouldTriggerCompaction counts tokens for one common threshold, instead of ten items',
      'how much stays verbatim is up to the service',
      'the retries (2) and the time-out (10 min) of the openai client are its defaults',
    ].join('; '),
    open: (env) => openSession(env, keepsUserMessages),
    reopen: (env) => openSession(env, keepsUserMessages),
  }
}

export const peer = createOpenAiAgentsPeer({
  name: 'openai-agents',
  label: 'OpenAI Agents CompactionSession',
  keepsUserMessages: true,
  notes:
    'the service answers in its documented shape; the item sums up user messages too, because the SDK sends nothing older than the newest item; automatic compaction runs only once, because the kept user messages are stored but not sent, which the SDK takes for uncovered history',
})

async function openSession(world, keepsUserMessages) {
  const life = await beginLife(world)
  const { env } = life
  const server = await openResponsesServer(createScriptedService(env, keepsUserMessages))
  life.onEnd(() => server.close())
  const client = new OpenAI({ apiKey: 'none', baseURL: server.baseUrl })
  const session = new OpenAIResponsesCompactionSession({
    client,
    model,
    underlyingSession: createFileSession(env),
    shouldTriggerCompaction: ({ sessionItems }) =>
      tokensOf(sessionItems.map(lineOf)) > env.budgets.triggerTokens,
  })
  const modelProvider = new OpenAIProvider({ openAIClient: client })
  const runner = new Runner({ modelProvider, tracingDisabled: true })
  const agent = createAgent(env)
  return {
    turn: (text) => life.live(() => runner.run(agent, text, { session })),
    retrieve: async () => false,
    close: () => life.end(),
  }
}

function createAgent(env) {
  const lookup = tool({
    name: 'lookup',
    description: 'Looks something up in the build.',
    parameters: z.object({ query: z.string() }),
    execute: (args, _context, { toolCall }) =>
      env.tool({ id: toolCall.callId, name: 'lookup', args }),
  })
  return new Agent({ name: 'assistant', instructions: env.instructions, model, tools: [lookup] })
}
