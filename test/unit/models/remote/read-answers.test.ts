import fc from 'fast-check'
import { expect, test } from 'vitest'
import { anthropic } from '../../../../src/models/remote/anthropic.ts'
import { concede } from '../../../../src/models/remote/ask-with-retries.ts'
import { checkRemoteOptions } from '../../../../src/models/remote/check-remote-options.ts'
import { gemini } from '../../../../src/models/remote/gemini.ts'
import { openAiCompatible } from '../../../../src/models/remote/openai-compatible.ts'
import { readHttpFailure } from '../../../../src/models/remote/read-http-failure.ts'

const settings = checkRemoteOptions({ kind: 'anthropic', model: 'm', apiKey: 'k' })
const VENDORS = [openAiCompatible(settings), anthropic(settings), gemini(settings)]

/** Values with the vendors' field names in odd places. */
const odd = fc.letrec((tie) => ({
  value: fc.oneof(
    { depthSize: 'small' },
    fc.constantFrom('message_start', 'content_block_delta', 'message_delta', 'message', 'STOP', 7),
    fc.string(),
    fc.constant(null),
    fc.array(tie('value'), { maxLength: 3 }),
    fc.dictionary(
      fc.constantFrom(
        ...['choices', 'delta', 'content', 'finish_reason', 'usage', 'type', 'text', 'message'],
        ...['candidates', 'parts', 'usageMetadata', 'promptFeedback', 'error', 'code', 'details'],
      ),
      tie('value'),
      { maxKeys: 5 },
    ),
  ),
})).value

test('[REM9] reading an answer is total, whatever a server sends', () => {
  const question = { system: '', prompt: '', maxTokens: 1 }
  fc.assert(
    fc.property(odd, fc.nat(3), (chunk, schemaMode) => {
      for (const vendor of VENDORS) {
        const shape = { schemaMode, dropped: [] }
        const piece = vendor.read(chunk, { ...question, schema: {}, shape })
        expect(typeof piece.text).toBe('string')
      }
    }),
    { numRuns: 500 },
  )
})

test('[REM5, REM13] reading an error is total, and giving up wishes comes to an end', () => {
  const body = fc.oneof(
    fc.string(),
    odd.map((value) => JSON.stringify(value) ?? ''),
  )
  const status = fc.option(fc.integer({ min: 100, max: 999 }))
  fc.assert(
    fc.property(body, status, fc.boolean(), (text, code, hasSchema) => {
      const told = { status: code, body: text, retryAfter: null, retryAfterMs: null }
      const failure = readHttpFailure(told, (shown) => shown, 0)
      expect(failure.reason).not.toBe('')
      for (const vendor of VENDORS) {
        let steps = 0
        let shape: typeof vendor.firstShape | null = vendor.firstShape
        for (; shape !== null; steps += 1) shape = concede(shape, failure, vendor, hasSchema)
        expect(steps).toBeLessThanOrEqual(vendor.wishes.length + vendor.schemaModes.length)
      }
    }),
    { numRuns: 500 },
  )
})
