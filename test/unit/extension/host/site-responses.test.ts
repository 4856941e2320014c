import { expect, test } from 'vitest'
import { partText } from '../../../../src/core/session/message.ts'
import { loadExactTokeniser } from '../../../../src/models/exact-tokeniser.ts'
import { turnNameOf } from '../../../../extension/host/archive/turn-id.ts'
import { SITE_IDS } from '../../../../extension/sites/site.ts'
import { SITES } from '../../../../extension/sites/sites.ts'
import { RESPONSES, observe } from '../sites/read-fixture.ts'
import { at, createProfile, meet, startHost, until, type Host } from './chat-world.ts'

const ORIGIN = 'https://chat.example'

async function logs({ call }: Host): Promise<Record<string, readonly string[]>> {
  const found: Record<string, readonly string[]> = {}
  for (const { id } of await call('sessions', {})) {
    const read = await call('recall', { session: id, query: { from: 1, to: 1_000 } })
    if (read.kind === 'messages') {
      found[id] = read.messages.map((message) => `${message.active} ${message.id}`)
    }
  }
  return found
}

test.each(SITE_IDS)(
  '[ARCH1, CHATS12, GAUGE2] what %s says itself is kept once, however often, and counted exactly',
  async (site) => {
    const host = startHost(createProfile({ [ORIGIN]: {} }))
    const bridge = meet(host, { origin: ORIGIN })
    await bridge.ask.hello(at('none', { site }))
    const responses = (RESPONSES[site] ?? []).map((one) => observe(one))
    for (const response of responses) await bridge.ask.observed(response)
    const once = await logs(host)
    expect(Object.keys(once).length).toBeGreaterThan(0)
    for (const ids of Object.values(once)) {
      const path = ids.filter((id) => id.startsWith('true ')).map((id) => turnNameOf(id).turn)
      expect(new Set(path).size).toBe(path.length)
    }
    for (const response of responses) await bridge.ask.observed(response)
    const twice = await logs(host)
    for (const response of responses) await bridge.ask.observed(response)
    expect(await logs(host)).toEqual(twice)
    const exact = await loadExactTokeniser('o200k_base')
    for (const { id, details } of await host.call('sessions', {})) {
      const { conversation } = JSON.parse(details.host['chat'] ?? '{}') as { conversation: string }
      bridge.tell.place(at(conversation, { site }))
      const read = await host.call('recall', { session: id, query: { from: 1, to: 1_000 } })
      const messages = read.kind === 'messages' ? read.messages.filter(({ active }) => active) : []
      const tokens = messages.flatMap(({ parts }) =>
        parts.map((part) => exact.count(partText(part))),
      )
      const all = tokens.reduce((sum, count) => sum + count, SITES[site].overheadTokens)
      const counted = all + 4 * messages.length
      await until(() => bridge.gauges.at(-1)?.tokens === counted)
    }
  },
)
