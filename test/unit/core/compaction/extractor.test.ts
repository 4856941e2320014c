import fc from 'fast-check'
import { expect, test } from 'vitest'
import {
  inOrder,
  joinExtracts,
  type ExtractorEnd,
  type ExtractorInfo,
  type JoinedBlock,
} from '../../../../src/core/compaction/extractor.ts'
import type { BlockResult } from '../../../../src/core/compaction/job.ts'
import type { Artifact, DigestLine } from '../../../../src/core/session/generation.ts'
import { buildLine, buildStub } from '../../../support/build-generation.ts'

function info(name: string, fields: Partial<ExtractorInfo> = {}): ExtractorInfo {
  return {
    name,
    priority: 500,
    timeoutMs: 10_000,
    isNeeded: false,
    isModelFree: true,
    ...fields,
  }
}

const RULES = info('rules', { priority: 100, isNeeded: true })

function resultOf(
  digest: Partial<BlockResult['digest']> = {},
  artifacts: readonly Artifact[] = [],
): BlockResult {
  return {
    digest: { lines: [], stubs: [], messages: 4, chain: 'x', unsupported: 0, ...digest },
    artifacts,
  }
}

function done(by: ExtractorInfo, result: BlockResult = resultOf()): ExtractorEnd {
  return { kind: 'done', info: by, result }
}

function leftOut(by: ExtractorInfo, reason: string): ExtractorEnd {
  return { kind: 'left-out', info: by, reason }
}

function artifact(hash: string): Artifact {
  const bytes = new Uint8Array()
  return { hash, session: 's', bytes, encoding: 'identity', length: 0, mediaType: 'a', tokens: 1 }
}

function joined(...ends: readonly ExtractorEnd[]): Extract<JoinedBlock, { kind: 'joined' }> {
  const block = joinExtracts(ends)
  if (block.kind !== 'joined') throw new Error(block.reason)
  return block
}

function textsOf(block: Extract<JoinedBlock, { kind: 'joined' }>): readonly string[] {
  return block.result.digest.lines.map(({ text }) => text)
}

const line: fc.Arbitrary<DigestLine> = fc
  .record({
    id: fc.constantFrom('a', 'b', 'c', 'd', 'e'),
    text: fc.string({ maxLength: 6 }),
    sources: fc
      .uniqueArray(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 3 })
      .map((seqs) => seqs.toSorted((a, b) => a - b)),
    salience: fc.nat(60),
  })
  .map((fields) => buildLine(fields))

/** Ends of extractors of different names; what is needed mostly ends well, so that blocks are joined. */
const ends: fc.Arbitrary<readonly ExtractorEnd[]> = fc
  .uniqueArray(
    fc.record({
      name: fc.constantFrom('ann', 'bob', 'cat', 'dan', 'eve', 'fox', 'gus'),
      priority: fc.constantFrom(100, 200, 500),
      isNeeded: fc.boolean(),
      ending: fc.constantFrom('done', 'done', 'done', 'left-out', 'cancelled'),
      lines: fc.array(line, { maxLength: 4 }),
      hashes: fc.subarray(['h1', 'h2', 'h3']),
      messages: fc.integer({ min: 1, max: 3 }),
      reason: fc.string({ maxLength: 5 }),
    }),
    { selector: ({ name }) => name, maxLength: 7 },
  )
  .map((all) =>
    all.map(({ name, priority, isNeeded, ending, lines, hashes, messages, reason }) => {
      const by = info(name, { priority, isNeeded: isNeeded && ending === 'done' })
      if (ending === 'left-out') return leftOut(by, reason)
      if (ending === 'cancelled') return { kind: 'cancelled', info: by }
      return done(by, resultOf({ lines, messages }, hashes.map(artifact)))
    }),
  )

test('[EXT2] the joined block is the same, whatever the order in which they end', () => {
  const shuffled = ends.chain((ordered) =>
    fc.tuple(
      fc.constant(ordered),
      fc.shuffledSubarray([...ordered], { minLength: ordered.length }),
    ),
  )
  let blocks = 0
  fc.assert(
    fc.property(shuffled, ([ordered, other]) => {
      const block = joinExtracts(ordered)
      if (block.kind === 'joined') blocks += 1
      expect(JSON.stringify(joinExtracts(other))).toBe(JSON.stringify(block))
    }),
    { numRuns: 300 },
  )
  expect(blocks).toBeGreaterThan(100)
})

test('[EXT2] lines stand by priority, then by name', () => {
  const said = (by: ExtractorInfo, ...texts: readonly string[]): ExtractorEnd =>
    done(by, resultOf({ lines: texts.map((text) => buildLine({ text })) }))
  const block = joined(
    said(info('zoe', { priority: 9 }), 'z1', 'z2'),
    said(info('late', { priority: 600 }), 'l1'),
    said(info('bob'), 'b1'),
    said(info('ann'), 'a1', 'a2'),
    said(RULES, 'r1'),
  )
  expect(textsOf(block)).toEqual(['z1', 'z2', 'r1', 'a1', 'a2', 'b1', 'l1'])
  const names = ['bob', 'Bob', 'ann', 'b'].map((name) => info(name))
  expect(inOrder(names, (one) => one).map(({ name }) => name)).toEqual(['Bob', 'ann', 'b', 'bob'])
})

test('[EXT2, COM4] of lines that two extractors found the sources of both are kept', () => {
  const block = joined(
    done(RULES, resultOf({ lines: [buildLine({ text: 'same', sources: [2] })] })),
    done(info('own'), resultOf({ lines: [buildLine({ text: 'same', sources: [1, 3] })] })),
  )
  expect(block.result.digest.lines).toMatchObject([{ text: 'same', sources: [1, 2, 3] }])
})

test('[EXT2] payloads and stubs of all are joined, equal payloads once', () => {
  const stub = buildStub({ seq: 2 })
  const block = joined(
    done(info('own'), resultOf({ unsupported: 2 }, [artifact('h1'), artifact('h2')])),
    done(RULES, resultOf({ stubs: [stub], unsupported: 1 }, [artifact('h1')])),
  )
  expect(block.result.artifacts.map(({ hash }) => hash)).toEqual(['h1', 'h2'])
  expect(block.result.digest.stubs).toEqual([stub])
  expect(block.result.digest.unsupported).toBe(3)
})

test('[EXT3] what fails is left out with its reason, and the block is finished', () => {
  const block = joined(
    leftOut(info('zoe'), 'no answer within 10 s'),
    done(RULES, resultOf({ lines: [buildLine({ text: 'r1' })] })),
    leftOut(info('ann'), 'it broke'),
    { kind: 'cancelled', info: info('bob') },
  )
  expect(textsOf(block)).toEqual(['r1'])
  expect(block.leftOut).toEqual([
    { extractor: 'ann', reason: 'it broke' },
    { extractor: 'zoe', reason: 'no answer within 10 s' },
  ])
  expect(joined(done(RULES), done(info('ann'))).leftOut).toEqual([])
})

test('[EXT3] without one that is needed the block is not finished', () => {
  const digest = info('digest', { priority: 200, isNeeded: true })
  const cancelled: ExtractorEnd = { kind: 'cancelled', info: RULES }
  const missing: readonly (readonly [string, readonly ExtractorEnd[]])[] = [
    ['rules: it broke', [done(digest), leftOut(RULES, 'it broke')]],
    // What failed is named, not what was cancelled because of it.
    ['digest: it hangs', [leftOut(digest, 'it hangs'), cancelled, leftOut(info('ann'), 'broke')]],
    ['rules: cancelled', [done(digest), cancelled]],
    ['nothing that is needed was asked', [done(info('ann'))]],
    ['nothing that is needed was asked', []],
  ]
  for (const [reason, all] of missing) {
    expect(joinExtracts(all)).toEqual({ kind: 'incomplete', reason })
  }
})

test('[EXT3, CHK1] a block counts as read as far as all that are needed read it', () => {
  const digest = info('digest', { priority: 200, isNeeded: true })
  const read = (by: ExtractorInfo, messages: number, chain: string): ExtractorEnd =>
    done(by, resultOf({ messages, chain }))
  const counted = (...all: readonly ExtractorEnd[]): readonly (number | string)[] => {
    const { messages, chain } = joined(...all).result.digest
    return [messages, chain]
  }
  expect(counted(read(RULES, 4, 'x'), read(digest, 4, 'x'))).toEqual([4, 'x'])
  expect(counted(read(RULES, 4, 'x'), read(digest, 3, 'x'))).toEqual([3, 'x'])
  expect(counted(read(RULES, 4, 'x'), read(digest, 4, 'y'))).toEqual([4, ''])
  // What a host’s own extractor read is its own affair.
  expect(counted(read(RULES, 4, 'x'), read(info('ann'), 1, 'y'))).toEqual([4, 'x'])
})
