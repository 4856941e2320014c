import { expect, inject, onTestFinished, test } from 'vitest'
import { showChat } from '../examples/chat-element.ts'
import { asked, clearServer, plan, says } from './chat-page.ts'

test('[ELEM5] the example of the element runs as it stands', async () => {
  await clearServer()
  const call = {
    index: 0,
    id: 'c1',
    function: { name: 'order_status', arguments: '{"order":"7"}' },
  }
  const calls = [
    { choices: [{ delta: { tool_calls: [call] } }] },
    { choices: [{ delta: {}, finish_reason: 'tool_calls' }] },
  ]
  await plan(
    {
      headers: { 'content-type': 'text/event-stream' },
      pieces: [...calls.map((event) => `data: ${JSON.stringify(event)}\n\n`), 'data: [DONE]\n\n'],
    },
    says('It is on its way.'),
  )
  const box = document.body.appendChild(document.createElement('div'))
  onTestFinished(() => box.remove())
  const chat = showChat(box, `${inject('fetchServer')}/v1`)
  await chat.ready
  await chat.send('Where is order 7?')
  await expect.poll(() => box.dataset['answer']).toBe('It is on its way.')
  expect((await asked()).at(-1)).toContain('Order 7 is on its way.')
})
