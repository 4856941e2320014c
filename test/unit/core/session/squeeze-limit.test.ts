import fc from 'fast-check'
import { expect, test } from 'vitest'
import { calibrateTokens, contextKeyOf } from '../../../../src/core/session/calibrated-tokens.ts'
import { resolvePolicy } from '../../../../src/core/session/policy.ts'
import type { SessionRow } from '../../../../src/core/session/session-row.ts'
import { squeezeLimit } from '../../../../src/core/session/squeeze-limit.ts'
import { buildSession } from '../../../support/build-log.ts'

/** A session whose model counts otherwise than the estimate. */
function calibrated(factor: number, estimated: number, reported: number): SessionRow {
  const session = buildSession()
  const report = { estimated, reported, contextKey: contextKeyOf(session), through: 1 }
  return {
    ...session,
    policy: resolvePolicy({ budget: { tokens: 1_200, hard: 0.9 } }),
    calibration: {
      models: [
        {
          model: '',
          factor,
          base: reported - factor * estimated,
          spread: { base: 1, factor: 0.01, both: 0 },
          reports: [report],
          suspect: null,
        },
      ],
    },
  }
}

test('[SQZ2] what is squeezed to the limit is below the hard threshold, and hardly more than that', () => {
  fc.assert(
    fc.property(
      fc.double({ min: 0.5, max: 2.5, noNaN: true }),
      fc.nat(4_000),
      fc.nat(4_000),
      fc.nat(8_000),
      (factor, estimated, reported, tokens) => {
        const session = calibrated(factor, estimated, reported)
        const count = (some: number): number => calibrateTokens(session, some)
        const limit = squeezeLimit(session, tokens)
        const hard = 1_200 * 0.9
        if (count(tokens) < hard) {
          expect(limit).toBe(tokens)
        } else if (limit > 0) {
          expect(count(limit)).toBeLessThan(hard)
          expect(count(limit + Math.ceil(2 / factor) + 1)).toBeGreaterThanOrEqual(hard)
        } else {
          expect(count(1 + Math.ceil(2 / factor))).toBeGreaterThanOrEqual(hard)
        }
      },
    ),
    { numRuns: 2_000 },
  )
})
