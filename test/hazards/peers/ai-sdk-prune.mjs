import { pruneMessages, tool, ToolLoopAgent } from 'ai'
import { MockLanguageModelV4 } from 'ai/test'
import { z } from 'zod'
import { beginLife } from './life.mjs'

/** `pruneMessages` in `prepareStep`, the recipe of the page on loop control. @type {import('../peer.mjs').Peer} */
export const peer = {
  name: 'ai-sdk-prune',
  label: 'AI SDK pruneMessages',
  kind: 'prune',
  packages: ['ai'],
  source: 'https://ai-sdk.dev/docs/agents/loop-control',
  retrieval: 'app',
  notes:
    'no model; removes tool calls and results, never text, so the prompt keeps growing; the app keeps its own array',
  open: openSession,
  reopen: openSession,
}

const USAGE = {
  inputTokens: { total: 0, noCache: 0, cacheRead: 0, cacheWrite: 0 },
  outputTokens: { total: 0, text: 0, reasoning: 0 },
}

async function openSession(world) {
  const life = await beginLife(world)
  const { env } = life
  let history = env.disk.get('history') ?? []
  const save = (next) =>
    env.write('save', () => {
      history = next
      env.disk.set('history', next)
    })
  const agent = new ToolLoopAgent({
    instructions: env.instructions,
    model: new MockLanguageModelV4({
      doGenerate: async ({ prompt, abortSignal }) =>
        generated(await env.chat({ messages: prompt.flatMap(linesOf), signal: abortSignal })),
    }),
    tools: {
      lookup: tool({
        description: 'Looks something up.',
        inputSchema: z.object({ query: z.string() }),
        execute: (args, { toolCallId }) => env.tool({ id: toolCallId, name: 'lookup', args }),
      }),
    },
    prepareStep: async ({ messages }) =>
      JSON.stringify(messages).length / 4 > env.budgets.triggerTokens
        ? {
            messages: pruneMessages({
              messages,
              reasoning: 'all',
              toolCalls: 'before-last-3-messages',
              emptyMessages: 'remove',
            }),
          }
        : undefined,
  })
  return {
    turn: (text) =>
      life.live(async () => {
        await save([...history, { role: 'user', content: text }])
        const result = await agent.generate({ messages: history, abortSignal: life.signal })
        await save([...history, ...result.responseMessages])
      }),
    retrieve: async (marker) => JSON.stringify(history).includes(marker),
    close: () => life.end(),
  }
}

function generated({ text, calls }) {
  const content =
    calls.length > 0
      ? calls.map(({ id, name, args }) => ({
          type: 'tool-call',
          toolCallId: id,
          toolName: name,
          input: JSON.stringify(args),
        }))
      : [{ type: 'text', text }]
  const unified = calls.length > 0 ? 'tool-calls' : 'stop'
  return { content, finishReason: { unified, raw: undefined }, usage: USAGE, warnings: [] }
}

function linesOf({ role, content }) {
  if (typeof content === 'string') return [{ role, text: content, callIds: [], resultIds: [] }]
  return content.map((part) => ({
    role,
    text: part.text ?? JSON.stringify(part.input ?? part.output ?? ''),
    callIds: part.type === 'tool-call' ? [part.toolCallId] : [],
    resultIds: part.type === 'tool-result' ? [part.toolCallId] : [],
  }))
}
