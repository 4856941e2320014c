import { textOf, tokensOf } from '../prompts.mjs'
import { createLoop } from './agent-loop.mjs'
import { beginLife } from './life.mjs'

/**
 * What one writes in an afternoon: copy the array, summarise the copy in the background, replace the array by
 * the result. Without a guard against a second run or against what came meanwhile: the control that must fail.
 *
 * @type {import('../peer.mjs').Peer}
 */
export const peer = {
  name: 'naive-async',
  label: 'naive async: snapshot, summarise, replace (control)',
  kind: 'control',
  packages: [],
  source: '-',
  retrieval: 'none',
  notes: 'deliberately without any guard',
  open: openSession,
  reopen: openSession,
}

async function openSession(world) {
  const life = await beginLife(world)
  const { env } = life
  const system = { role: 'system', text: env.instructions, callIds: [], resultIds: [] }
  let messages = env.disk.get('messages') ?? [system]
  const save = (next) =>
    env.write('save', () => {
      messages = next
      env.disk.set('messages', next)
    })
  const compact = async () => {
    const snapshot = messages
    const keep = firstKept(snapshot, env.budgets.keepTokens)
    const summary = await env.summarise(textOf(snapshot.slice(1, keep)))
    const note = { role: 'user', text: summary, callIds: [], resultIds: [] }
    await save([system, note, ...snapshot.slice(keep)])
  }
  const { turn } = createLoop(env, {
    append: (line) => save([...messages, line]),
    prompt: async () => {
      if (tokensOf(messages) > env.budgets.triggerTokens) compact().catch(() => {})
      return messages
    },
  })
  return {
    turn: (text) => life.live(() => turn(text)),
    retrieve: async () => false,
    close: () => life.end(),
  }
}

function firstKept(messages, keepTokens) {
  let index = messages.length
  let tokens = 0
  while (index > 1 && tokens < keepTokens) tokens += tokensOf([messages[(index -= 1)]])
  return index
}
