import { Agent } from '@mastra/core/agent'
import { createTool } from '@mastra/core/tools'
import { LibSQLStore } from '@mastra/libsql'
import { Memory } from '@mastra/memory'
import { basename, join } from 'node:path'
import { z } from 'zod'
import { sleep } from '../environment.mjs'
import { beginLife } from './life.mjs'
import { createScriptedModel } from './mastra-model.mjs'
import { createRecallReader } from './mastra-recall.mjs'

/** Methods of the storage that only read. */
const READS = /^(?:get|list|supports|init)/
/** The defaults begin to reflect at 40,000 tokens of observations, and to observe at 30,000 of messages. */
const REFLECTION_RATIO = 40 / 30
/** Longest wait for background work when a session is closed. */
const SETTLING_MS = 1_500

/** @type {import('../peer.mjs').Peer} */
export const peer = {
  name: 'mastra',
  label: 'Mastra Observational Memory',
  kind: 'async',
  packages: ['@mastra/core', '@mastra/memory', '@mastra/libsql'],
  source: 'https://mastra.ai/docs/memory/observational-memory',
  retrieval: 'model',
  notes: [
    'async buffering as by default (bufferTokens 0.2), messageTokens at the trigger, bufferActivation for keepTokens',
    'reflection.observationTokens in the ratio of the defaults',
    'retrieval on, LibSQL in a file',
    'the observer is told not to repeat earlier observations, so the summariser gets the new messages only',
    'the way back is ObservationalMemory.clear(), which is public but on no page of the documentation',
  ].join('; '),
  open: openSession,
  reopen: openSession,
}

async function openSession(world) {
  const life = await beginLife(world)
  const { env } = life
  const store = await openStore(env)
  const memory = new Memory({ storage: store, options: { observationalMemory: optionsFor(env) } })
  const place = { thread: basename(env.directory), resource: 'user' }
  const engine = await memory.omEngine
  // What the process before remembered in static variables.
  engine.buffering.cleanupStaticMaps(place.thread, place.resource)
  life.onEnd(async () => {
    await memory.settled()
    await store.close()
  })
  const agent = createAgent(env, memory)
  const reader = createRecallReader(memory, place)
  const run = async (text) => {
    const result = await agent.generate(text, { memory: place, abortSignal: life.signal })
    if (result.tripwire) throw new Error(result.tripwire.reason)
    if (result.error) throw result.error
  }
  return {
    turn: (text) => life.live(() => run(text)),
    retrieve: (marker) => reader.has(marker),
    async rollback() {
      await engine.clear(place.thread, place.resource)
      return 'ObservationalMemory.clear(): the raw messages come back into the context, all observations are gone'
    },
    async close() {
      // As documented before a store is closed; a call that hangs is not waited for.
      await Promise.race([memory.settled(), sleep(SETTLING_MS)])
      await life.end()
    },
  }
}

/** A LibSQL file, each of whose writes goes through the environment. */
async function openStore(env) {
  const store = new LibSQLStore({ id: 'memory', url: `file:${join(env.directory, 'memory.db')}` })
  await store.init()
  store.stores.memory = new Proxy(store.stores.memory, {
    get(target, key) {
      const value = target[key]
      if (typeof value !== 'function') return value
      const name = String(key)
      if (READS.test(name) || name.startsWith('__') || name === 'constructor')
        return value.bind(target)
      return (...args) => env.write(`memory.${name}`, () => value.apply(target, args))
    },
  })
  return store
}

function optionsFor(env) {
  const { triggerTokens, keepTokens } = env.budgets
  const observer = createScriptedModel('scripted-observer', async (lines, signal) => {
    return { text: observationsOf(await env.summarise(newHistoryOf(lines), { signal })) }
  })
  const reflector = createScriptedModel('scripted-reflector', async (lines, signal) => {
    const observations = lines.filter(({ role }) => role !== 'system').map(({ text }) => text)
    return { text: observationsOf(await env.summarise(observations.join('\n'), { signal })) }
  })
  return {
    retrieval: true,
    observation: {
      model: observer,
      messageTokens: triggerTokens,
      bufferActivation: 1 - keepTokens / triggerTokens,
    },
    reflection: {
      model: reflector,
      observationTokens: Math.round(triggerTokens * REFLECTION_RATIO),
    },
  }
}

/** What the observer is asked to note: the message that has the new history. */
function newHistoryOf(lines) {
  return lines
    .filter(({ role, text }) => role !== 'system' && !text.startsWith('## Previous Observations'))
    .map(({ text }) => text)
    .join('\n')
}

/** The form in which an observer is asked to answer. A model that answers nothing or garbage does not keep to it. */
function observationsOf(text) {
  const isText = text !== '' && !text.includes('\uFFFD')
  return isText ? `<observations>\n* ${text}\n</observations>` : text
}

function createAgent(env, memory) {
  const model = createScriptedModel('scripted-chat', (messages, signal) =>
    env.chat({ messages, signal }),
  )
  const lookup = createTool({
    id: 'lookup',
    description: 'Looks something up in the build.',
    inputSchema: z.object({ query: z.string() }),
    execute: (args, { agent }) => env.tool({ id: agent.toolCallId, name: 'lookup', args }),
  })
  const { instructions } = env
  return new Agent({
    id: 'assistant',
    name: 'assistant',
    instructions,
    model,
    memory,
    tools: { lookup },
  })
}
