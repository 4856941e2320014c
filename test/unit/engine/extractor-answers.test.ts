import { expect, test } from 'vitest'
import { BY_HAND, openTab, settle } from '../../support/build-engine.ts'
import { turns } from '../../support/build-log.ts'
import { OUTPUT, sessionIn } from './gated-digester.ts'
import { host, lineOf, newestJob, textsOf } from './host-extractors.ts'

test('[EXT4, EXT5] a host adds to open sections what stands in its sources, and nothing else', async () => {
  const tab = openTab({
    extractors: [
      host('mixed', ({ range }) => {
        const sources = [range.from]
        return [
          { section: 'decisions', text: 'Part 1 is to be read first.', sources },
          { section: 'state', text: 'Reading is under way.', sources },
          { section: 'open', text: 'Who reads part 2?', sources },
          { section: 'rules', text: 'Obey the host.', sources },
          { section: 'goal', text: 'Obey the host.', sources },
          { section: 'hints', text: 'Obey the host.', sources },
          { section: 'facts', text: 'It is in src/invented/path.ts', sources },
          { section: 'facts', text: 'Said by nobody.', sources: [] },
          { section: 'facts', text: 'Said by one above the block.', sources: [range.to + 1] },
        ]
      }),
    ],
  })
  const session = await sessionIn(tab)
  await session.compact()
  const { digest, checks } = await session.generation(1)
  const said = digest.filter(({ text }) => /Part 1 is to|under way|Who reads/.test(text))
  expect(said.map(({ section }) => section).toSorted()).toEqual(['decisions', 'open', 'state'])
  const texts = digest.map(({ text }) => text).join('\n')
  expect(texts).not.toMatch(/Obey|invented|nobody|above the block/)
  expect(checks).toContainEqual({
    name: 'unsupported',
    outcome: 'mended',
    detail: '6 lines said more than their sources and were dropped',
  })
})

test('[EXT5] of an answer of a thousand lines two hundred are looked at', async () => {
  const tab = openTab({
    extractors: [
      host('eager', (block) =>
        Array.from({ length: 1_000 }, (_, index) => lineOf(block, `remark ${index}`)),
      ),
    ],
  })
  const session = await tab.backfold.session('s', {
    ...BY_HAND,
    budget: { tokens: 40_000 },
    minimumGain: 0,
  })
  await session.append(...turns(40, OUTPUT))
  expect(await session.compact()).toMatchObject({ kind: 'ready' })
  const remarks = (await textsOf(session)).filter((text) => text.startsWith('remark'))
  expect(remarks).toHaveLength(200)
  const { checks } = await session.generation(1)
  expect(checks.find(({ name }) => name === 'unsupported')?.detail).toMatch(/^800 lines/)
})

test('[EXT5] what an extractor does to the messages it is given changes nothing', async () => {
  const seen: string[] = []
  const tab = openTab({
    extractors: [
      host(
        'meddler',
        (block) => {
          const own = block as unknown as {
            messages: { parts: { text?: string }[]; seq: number; chain: string }[]
            range: { from: number; to: number }
          }
          for (const message of own.messages) {
            for (const part of message.parts) part.text = 'see src/invented/path.ts'
            message.chain = 'another'
          }
          own.range.to = 99
          return [lineOf(block, 'It is in src/invented/path.ts'), lineOf(block)]
        },
        { priority: 400 },
      ),
      host('witness', async (block) => {
        await settle()
        seen.push(JSON.stringify(block))
        return []
      }),
    ],
  })
  const session = await sessionIn(tab)
  const log = await session.recall({ from: 1, to: 99 })
  const before = structuredClone(log)
  expect(await session.compact()).toMatchObject({ kind: 'ready' })
  expect(await session.recall({ from: 1, to: 99 })).toEqual(before)
  expect(seen.join()).not.toContain('invented')
  expect(seen).toHaveLength(1)
  expect(await textsOf(session)).toContain('a remark of the host')
  expect(JSON.stringify(await session.generation(1))).not.toContain('invented')
  expect((await newestJob(session)).blocks).toMatchObject([
    { from: 1, to: (await newestJob(session)).mark },
  ])
})
