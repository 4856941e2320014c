import { expect, test } from 'vitest'
import { BY_HAND, openTab, rowOf } from '../../support/build-engine.ts'
import { turns } from '../../support/build-log.ts'

const SYSTEM = 'You are Aria, the assistant of a shop. Refunds are possible within 24 hours.'

test('[LOG9, PIN1] the system messages that a session begins with stay in every context', async () => {
  const tab = openTab()
  const session = await tab.backfold.session('s', BY_HAND)
  await session.append({ role: 'system', content: SYSTEM }, ...turns(12))
  await session.append({ role: 'system', content: 'A notice in the middle.' }, ...turns(2))
  expect((await rowOf(tab, 's')).pins).toEqual([1])
  await session.compact()
  await session.apply()
  const { generation, messages } = await session.context({ format: 'openai' })
  expect(generation).toBe(1)
  expect(messages[0]).toEqual({ role: 'system', content: SYSTEM })
  expect(await session.unpin(1)).toEqual([])
})
