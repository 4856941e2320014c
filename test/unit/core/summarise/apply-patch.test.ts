import fc from 'fast-check'
import { expect, test } from 'vitest'
import { SECTIONS, type DigestLine } from '../../../../src/core/session/generation.ts'
import { applyPatch } from '../../../../src/core/summarise/apply-patch.ts'
import type { PatchOperation } from '../../../../src/core/summarise/patch.ts'
import { isProposal } from '../../../../src/core/summarise/patchable.ts'
import { buildLine } from '../../../support/build-generation.ts'

const fact = buildLine({ id: 'fact', section: 'facts', text: 'The port is 80.', sources: [3] })
const open = buildLine({ id: 'open', section: 'open', text: 'Which port?', sources: [2] })
const asked = buildLine({
  id: 'asked',
  section: 'open',
  text: 'Asked: “Which port?”',
  origin: 'own',
  salience: 60,
})
const rule = buildLine({ id: 'rule', section: 'rules', text: 'Never use port 80.' })
const by = buildLine({ id: 'new', section: 'facts', text: 'The port is 8080.', sources: [7] })

test('[PATCH5] supersedes, resolves and drops, each with its reason', () => {
  const operations: readonly PatchOperation[] = [
    { kind: 'supersede', line: 'fact', by, reason: 'superseded by #7' },
    { kind: 'resolve', line: 'open', evidence: [7], reason: 'resolved by #7' },
    { kind: 'resolve', line: 'asked', evidence: [7], reason: 'resolved by #7' },
    { kind: 'drop', line: 'rule', reason: 'dropped' },
    { kind: 'drop', line: 'nobody', reason: 'dropped' },
  ]
  expect(applyPatch([fact, open, asked, rule], operations)).toEqual({
    lines: [
      { ...by, former: [{ text: 'The port is 80.', seq: 3 }] },
      { ...asked, salience: 1 },
      rule,
    ],
    changes: [
      { line: 'nobody', kind: 'drop', outcome: 'refused', reason: 'the digest has no such line' },
      { line: 'fact', kind: 'supersede', outcome: 'replaced', reason: 'superseded by #7' },
      { line: 'open', kind: 'resolve', outcome: 'removed', reason: 'resolved by #7' },
      { line: 'asked', kind: 'resolve', outcome: 'lowered', reason: 'resolved by #7' },
      { line: 'rule', kind: 'drop', outcome: 'refused', reason: 'it was extracted by code' },
    ],
  })
  expect(applyPatch([fact], [{ kind: 'drop', line: 'fact', reason: 'small talk' }]).lines).toEqual([
    { ...fact, salience: 1 },
  ])
})

test('[PATCH5] nothing is superseded or resolved by what is older', () => {
  const older: PatchOperation = {
    kind: 'supersede',
    line: 'fact',
    by: { ...by, sources: [3] },
    reason: '',
  }
  expect(applyPatch([fact], [older]).lines).toEqual([fact])
  const before: PatchOperation = { kind: 'resolve', line: 'open', evidence: [1, 2], reason: '' }
  expect(applyPatch([open], [before]).lines).toEqual([open])
})

const ids = fc.constantFrom('a', 'b', 'c', 'd', 'e')
const line: fc.Arbitrary<DigestLine> = fc
  .record({
    id: ids,
    section: fc.constantFrom(...SECTIONS),
    text: fc.string(),
    sources: fc.array(fc.nat(9), { minLength: 1, maxLength: 3 }),
    origin: fc.constantFrom(undefined, undefined, 'own', 'user', 'tool'),
    kind: fc.constantFrom(undefined, undefined, 'slot', 'command'),
  })
  .map(({ origin, kind, ...fields }) =>
    buildLine({
      ...fields,
      ...(origin ? { origin } : {}),
      ...(kind ? { kind } : {}),
    }),
  )
const operation: fc.Arbitrary<PatchOperation> = fc.oneof(
  fc.record({ kind: fc.constant('supersede' as const), line: ids, by: line, reason: fc.string() }),
  fc.record({
    kind: fc.constant('resolve' as const),
    line: ids,
    evidence: fc.array(fc.nat(20)),
    reason: fc.string(),
  }),
  fc.record({ kind: fc.constant('drop' as const), line: ids, reason: fc.string() }),
)

test('[PATCH6] whatever the operations, what code extracted is there, and what it owns is as it was', () => {
  fc.assert(
    fc.property(
      fc.uniqueArray(line, { selector: ({ id }) => id }),
      fc.array(operation),
      (previous, operations) => {
        const { lines } = applyPatch(previous, operations)
        const owned = previous.filter((one) => !isProposal(one))
        const after = lines.filter((one) => !isProposal(one))
        expect(after.map(({ id }) => id)).toEqual(owned.map(({ id }) => id))
        for (const [at, one] of owned.entries()) {
          if (one.section === 'open')
            expect({ ...after[at], salience: 0 }).toEqual({ ...one, salience: 0 })
          else expect(after[at]).toBe(one)
        }
        expect(applyPatch(previous, operations)).toEqual({
          lines,
          changes: applyPatch(previous, operations).changes,
        })
      },
    ),
  )
})
