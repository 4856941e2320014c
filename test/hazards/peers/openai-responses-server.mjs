import { once } from 'node:events'
import { createServer } from 'node:http'

/** @typedef {{ instructions: string, items: readonly object[] }} Input All that a request stands for. */

/**
 * A local server with as much of the Responses API as a run needs: `POST /responses` and
 * `POST /responses/compact`, both with `previous_response_id`.
 *
 * The client in front of it is the real one, so its retries and time-outs count. When it hangs up,
 * the signal of the answer in progress is aborted.
 *
 * @param {Record<'chat' | 'compact', (input: Input, signal: AbortSignal) => Promise<object[]>>} service -
 *   Output items for an input.
 */
export async function openResponsesServer(service) {
  /** Items of the input and the output of each response, by its id. @type {Map<string, object[]>} */
  const stored = new Map()

  async function answer(request, signal) {
    const body = await readJson(request)
    const items = itemsOf(body, stored)
    const input = { instructions: body.instructions ?? '', items }
    const id = `resp_${stored.size + 1}`
    if (request.url === '/v1/responses/compact') {
      const output = await service.compact(input, signal)
      return { id, object: 'response.compaction', output, usage: USAGE }
    }
    const output = await service.chat(input, signal)
    stored.set(id, [...items, ...output])
    return { id, object: 'response', status: 'completed', model: body.model, output, usage: USAGE }
  }

  async function respond(request, response) {
    const hungUp = new AbortController()
    response.on('close', () => hungUp.abort(new Error('The client closed the connection.')))
    try {
      send(response, 200, await answer(request, hungUp.signal))
    } catch (error) {
      send(response, error.status ?? 500, { error: { message: error.message } })
    }
  }

  const server = createServer((request, response) => void respond(request, response))
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    baseUrl: `http://127.0.0.1:${server.address().port}/v1`,
    async close() {
      const closed = once(server, 'close')
      server.close()
      server.closeAllConnections()
      await closed
    },
  }
}

/** The scripted model counts no tokens. */
const USAGE = {
  input_tokens: 0,
  output_tokens: 0,
  total_tokens: 0,
  input_tokens_details: { cached_tokens: 0 },
  output_tokens_details: { reasoning_tokens: 0 },
}

/** What a request continues, and what it brings. */
function itemsOf({ input = [], previous_response_id: previous }, stored) {
  const brought =
    typeof input === 'string' ? [{ type: 'message', role: 'user', content: input }] : input
  if (!previous) return brought
  const before = stored.get(previous)
  if (!before)
    throw Object.assign(new Error('The previous response is not stored.'), { status: 404 })
  return [...before, ...brought]
}

async function readJson(request) {
  let text = ''
  for await (const chunk of request) text += chunk
  return JSON.parse(text)
}

function send(response, status, body) {
  if (response.destroyed) return
  response.writeHead(status, { 'content-type': 'application/json' })
  response.end(JSON.stringify(body))
}
