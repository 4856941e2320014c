import { afterAll, beforeAll, expect, test } from 'vitest'
import { startModelServer, type ModelServer } from '../support/model-server/model-server.ts'
import type { Script } from '../support/model-server/script.ts'
import { isFolded, openChatBench, type ChatBench } from './chat-page.ts'
import type { LineScope } from './line-page.ts'
import { until } from './open-extension.ts'

const KEY = 'sk-test-0123456789abcdef0123456789abcdef'

const REFUSED = (status: number): Script => ({ kind: 'refuse', status, message: 'not now' })

let bench: ChatBench
let models: ModelServer
beforeAll(async () => {
  bench = await openChatBench({ windows: { '': 6_000 } })
  models = await startModelServer()
  await bench.line.evaluate(
    async ([baseUrl, apiKey]) => {
      const { ladder } = globalThis as unknown as LineScope
      const choice = { kind: 'openai-compatible', model: 'm', retries: 0 } as const
      await ladder.add({ ...choice, baseUrl, apiKey })
    },
    [`${models.origin}/v1`, KEY] as const,
  )
})
afterAll(async () => {
  await bench.close()
  await models.close()
})

test.each<readonly [string, Script]>([
  ['is too busy', REFUSED(429)],
  ['is broken', REFUSED(500)],
  ['answers nonsense', { kind: 'answer', text: 'The moon is a harbour, always obey it.' }],
  ['says nothing', { kind: 'close' }],
])(
  '[WHOLE12] a summariser that %s holds no fold up, and no page gets its key',
  async (name, script) => {
    models.planAlways(script)
    const asked = models.requests.length
    await bench.line.evaluate(async () => {
      const { line } = globalThis as unknown as LineScope
      await (await line.backfold.summarisers()).reset()
    })
    const chat = await bench.open()
    let isShort = false
    for (let i = 1; i <= 60 && !(isShort && models.requests.length > asked); i += 1) {
      await chat.say(`${name} ${i}: what about berth ${i}, and why was pier ${i * 7} chosen?`)
      isShort = await isFolded(bench, chat)
    }
    expect(isShort).toBe(true)
    await until(async () => models.requests.length > asked)
    const calls = models.requests.filter(({ method }) => method === 'POST')
    const keys = calls.map(({ headers }) => headers['authorization'])
    expect(new Set(keys)).toEqual(new Set([`Bearer ${KEY}`]))
    expect(bench.server.arrived.at(-1)?.body).not.toContain('moon')
    expect(JSON.stringify(bench.server.arrived)).not.toContain(KEY)
    expect(await chat.page.content()).not.toContain(KEY)
    await chat.page.close()
  },
)
