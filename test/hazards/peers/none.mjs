import { createLoop } from './agent-loop.mjs'
import { beginLife } from './life.mjs'

/** No compaction: the control that must lose nothing. @type {import('../peer.mjs').Peer} */
export const peer = {
  name: 'none',
  label: 'no compaction (control)',
  kind: 'control',
  packages: [],
  source: '-',
  retrieval: 'none',
  notes: 'a plain array that grows',
  open: openSession,
  reopen: openSession,
}

async function openSession(world) {
  const life = await beginLife(world)
  const { env } = life
  const messages = env.disk.get('messages') ?? [
    { role: 'system', text: env.instructions, callIds: [], resultIds: [] },
  ]
  env.disk.set('messages', messages)
  const { turn } = createLoop(env, {
    append: (line) => env.write('append', () => void messages.push(line)),
    prompt: async () => [...messages],
  })
  return {
    turn: (text) => life.live(() => turn(text)),
    retrieve: async () => false,
    close: () => life.end(),
  }
}
