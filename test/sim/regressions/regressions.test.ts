import { expect, test } from 'vitest'
import { simulate } from '../simulate.ts'

/**
 * Seeds that have failed once, each with what was wrong. What a seed does changes with every change to the
 * engine, so what each bug was about is also shown by a test of its own, named here.
 */
const FAILED: readonly (readonly [seed: number, wrong: string])[] = [
  // CHK1 in test/unit/core/compaction/check.test.ts
  [10714, 'a block that read too little was hidden by one that claimed too much'],
  // STO13 in test/contract/store.node.test.ts
  [5116, 'an engine went on in an empty database after the browser had taken away its own'],
  [15912, 'an engine went on in a database that another tab had created after the loss of its own'],
  // CLI5 in test/browser/heavy-worker.test.ts
  [5212, 'a search failed because the worker had died that it was sent to'],
  // SQZ2 in test/unit/core/session/squeeze-limit.test.ts
  [2494, 'a squeezed context still was as large as the hard threshold, by rounding'],
  // TURN7 in test/unit/engine/idle.test.ts
  [115272, 'a session was taken for idle in the very moment in which a call had failed'],
  // TURN2 in test/unit/engine/apply-at.test.ts
  [403698, 'a forced candidate was applied though another tab had made room in the meantime'],
  // The checker's own, of a policy that was in force when the turn began.
  [168245, 'a forced fold kept the tail of a policy that was changed while it waited'],
  // TURN4 in test/unit/engine/apply-at.test.ts
  [5351, 'a candidate that waited for a person was adopted when the disk was full'],
]

test.each(FAILED)('[SIM1] seed %i: %s', async (seed) => {
  const { failure } = await simulate(seed)
  expect(failure).toBeUndefined()
})
