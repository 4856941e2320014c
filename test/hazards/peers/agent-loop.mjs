/**
 * The loop of an agent without a framework: append, ask, run tools, append, ask again. For the peers that
 * bring no loop of their own.
 *
 * @param {import('../peer.mjs').Environment} env
 * @param {object} session
 * @param {(line: import('../peer.mjs').Line & { call?: object }) => Promise<unknown>} session.append
 * @param {() => Promise<readonly import('../peer.mjs').Line[]>} session.prompt
 */
export function createLoop(env, { append, prompt }) {
  return {
    async turn(text) {
      await append({ role: 'user', text, callIds: [], resultIds: [] })
      for (;;) {
        const reply = await env.chat({ messages: await prompt() })
        const callIds = reply.calls.map(({ id }) => id)
        const said = reply.calls[0] ? JSON.stringify(reply.calls[0].args) : reply.text
        await append({ role: 'assistant', text: said, callIds, resultIds: [] })
        if (reply.calls.length === 0) return
        for (const call of reply.calls) {
          const result = await env.tool(call)
          await append({ role: 'tool', text: result, callIds: [], resultIds: [call.id] })
        }
      }
    },
  }
}
