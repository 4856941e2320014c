import {
  FunctionTool,
  LlmAgent,
  LlmSummarizer,
  LogLevel,
  Runner,
  TokenBasedContextCompactor,
  setLogLevel,
} from '@google/adk'
import { z } from 'zod'
import { textOf } from '../prompts.mjs'
import { ScriptedLlm } from './google-adk-model.mjs'
import { FileSessionService } from './google-adk-sessions.mjs'
import { beginLife } from './life.mjs'

const PLACE = { appName: 'hazards', userId: 'user', sessionId: 'session' }
/** Retention counts events. An event of these sessions has about so many tokens. */
const TOKENS_PER_EVENT = 78

/** @type {import('../peer.mjs').Peer} */
export const peer = {
  name: 'google-adk',
  label: 'Google ADK TokenBasedContextCompactor',
  kind: 'sync',
  packages: ['@google/adk', '@google/genai'],
  source: 'https://github.com/google/adk-docs/blob/main/docs/context/compaction.md',
  retrieval: 'app',
  notes: [
    'contextCompactors of an LlmAgent, with LlmSummarizer, as in the TypeScript recipe',
    'the request processor awaits the summariser before the model call',
    'eventRetentionSize is set to events of about keepTokens',
    'the raw events stay in the session service, where the app can read them',
    'no way to take a compacted event back',
  ].join('; '),
  open: openSession,
  reopen: openSession,
}

async function openSession(world) {
  setLogLevel(LogLevel.ERROR)
  const life = await beginLife(world)
  const sessionService = await FileSessionService.open(life.env, PLACE)
  const agent = createAgent(life.env)
  const runner = new Runner({ appName: PLACE.appName, agent, sessionService })
  const run = async (text) => {
    const newMessage = { role: 'user', parts: [{ text }] }
    for await (const event of runner.runAsync({ ...PLACE, newMessage, abortSignal: life.signal })) {
      if (event.errorCode) throw new Error(event.errorMessage ?? event.errorCode)
    }
  }
  return {
    turn: (text) => life.live(() => run(text)),
    async retrieve(marker) {
      const { events } = await sessionService.getSession(PLACE)
      return events.some((event) => !event.isCompacted && JSON.stringify(event).includes(marker))
    },
    close: () => life.end(),
  }
}

function createAgent(env) {
  const chat = new ScriptedLlm('scripted-chat', async (messages, signal) => {
    const { text, calls } = await env.chat({ messages, signal })
    if (calls.length === 0) return [{ text }]
    return calls.map(({ id, name, args }) => ({ functionCall: { id, name, args } }))
  })
  const summariser = new ScriptedLlm('scripted-summariser', async (messages, signal) => {
    return [{ text: await env.summarise(textOf(messages), { signal }) }]
  })
  const lookup = new FunctionTool({
    name: 'lookup',
    description: 'Looks something up in the build.',
    parameters: z.object({ query: z.string() }),
    execute: (args, context) => env.tool({ id: context.functionCallId, name: 'lookup', args }),
  })
  const { triggerTokens, keepTokens } = env.budgets
  const compactor = new TokenBasedContextCompactor({
    tokenThreshold: triggerTokens,
    eventRetentionSize: Math.round(keepTokens / TOKENS_PER_EVENT),
    summarizer: new LlmSummarizer({ llm: summariser }),
  })
  return new LlmAgent({
    name: 'assistant',
    model: chat,
    instruction: env.instructions,
    tools: [lookup],
    contextCompactors: [compactor],
  })
}
