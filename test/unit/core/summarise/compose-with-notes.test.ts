import fc from 'fast-check'
import { expect, test } from 'vitest'
import { composeDigest } from '../../../../src/core/compaction/compose.ts'
import { digestLine } from '../../../../src/core/compaction/digest-lines.ts'
import type { DigestLine } from '../../../../src/core/session/generation.ts'
import { applyPatch } from '../../../../src/core/summarise/apply-patch.ts'
import type { PatchOperation } from '../../../../src/core/summarise/patch.ts'
import { isProposal } from '../../../../src/core/summarise/patchable.ts'
import { countQuarters } from '../../../support/build-model.ts'

const words = fc.array(
  fc.constantFrom('billing', 'region', 'src/a.ts', 'deploys', 'on', '42', 'Lyon'),
  {
    minLength: 2,
    maxLength: 12,
  },
)
const owned: fc.Arbitrary<DigestLine> = fc
  .record({
    section: fc.constantFrom(
      'goal',
      'rules',
      'corrections',
      'quotes',
      'facts',
      'open',
      'artifacts',
    ),
    said: words,
    seq: fc.integer({ min: 1, max: 20 }),
  })
  .map(({ section, said, seq }) => ({
    ...digestLine(section, said.join(' '), seq, 60),
    origin: section === 'goal' ? ('user' as const) : ('own' as const),
  }))
const note: fc.Arbitrary<DigestLine> = fc
  .record({
    section: fc.constantFrom('decisions', 'state', 'facts', 'open'),
    said: words,
    seq: fc.integer({ min: 1, max: 20 }),
  })
  .map(({ section, said, seq }) => digestLine(section, `noted ${said.join(' ')}`, seq, 30))

/** Operations of any kind on any of the lines. */
function operationsOn(
  lines: readonly DigestLine[],
  by: readonly DigestLine[],
): fc.Arbitrary<readonly PatchOperation[]> {
  if (lines.length === 0) return fc.constant([])
  const line = fc.constantFrom(...lines.map(({ id }) => id))
  const reason = fc.constant('as the model says')
  return fc.array(
    fc.oneof(
      fc.record({ kind: fc.constant('drop' as const), line, reason }),
      fc.record({
        kind: fc.constant('resolve' as const),
        line,
        evidence: fc.constant([99]),
        reason,
      }),
      ...(by.length === 0
        ? []
        : [
            fc.record({
              kind: fc.constant('supersede' as const),
              line,
              by: fc.constantFrom(...by),
              reason,
            }),
          ]),
    ),
  )
}

const cases = fc
  .record({
    found: fc.array(owned, { maxLength: 8 }),
    extracted: fc.array(owned, { maxLength: 8 }),
    proposed: fc.array(note, { maxLength: 6 }),
    written: fc.array(note, { maxLength: 20 }),
    maxTokens: fc.integer({ min: 200, max: 6_000 }),
  })
  .chain((given) => {
    const previous = [...given.found, ...given.proposed]
    return operationsOn(previous, given.written).map((operations) => ({
      ...given,
      previous,
      operations,
    }))
  })

function compose(
  previous: readonly DigestLine[],
  added: readonly DigestLine[],
  maxTokens: number,
): readonly DigestLine[] {
  return composeDigest({
    previous,
    added,
    mark: 20,
    inUse: new Set(),
    maxTokens,
    count: countQuarters,
  }).lines
}

const essential = (lines: readonly DigestLine[]): readonly string[] =>
  lines
    .filter(({ section }) => section === 'goal' || section === 'rules' || section === 'corrections')
    .map(({ id }) => id)

test('[SUM11] with any notes and operations, rules, corrections and the task are in the digest as without a model, and with room so is all that code extracted', () => {
  fc.assert(
    fc.property(cases, ({ previous, operations, extracted, written, maxTokens }) => {
      const patched = applyPatch(previous, operations).lines
      const without = compose(previous, extracted, maxTokens)
      const withNotes = compose(patched, [...extracted, ...written], maxTokens)
      expect(essential(withNotes)).toEqual(essential(without))
      const ids = (lines: readonly DigestLine[]): readonly string[] =>
        lines.filter((line) => !isProposal(line) && line.section !== 'hints').map(({ id }) => id)
      const roomy = compose(patched, [...extracted, ...written], 50_000)
      expect(ids(roomy)).toEqual(
        expect.arrayContaining([...ids(compose(previous, extracted, 50_000))]),
      )
    }),
  )
})
