import { expect, test } from 'vitest'
import fc from 'fast-check'
import {
  judgeEngineFailure,
  type EngineActivity,
} from '../../../../src/core/models/judge-engine-failure.ts'
import { MODEL_FAILURES } from '../../../../src/core/ports/language-model.ts'

test.each<[EngineActivity, string, string, string, string]>([
  [
    'generate',
    'ContextWindowSizeExceededError',
    'Prompt tokens exceed',
    'context-exceeded',
    'none',
  ],
  ['generate', 'MessageOrderError', 'Last message should be', 'failed', 'none'],
  ['generate', 'ContentTypeError', 'assistant', 'failed', 'none'],
  ['generate', 'RangeError', 'Make sure 0 < top_p <= 1.', 'failed', 'none'],
  ['generate', 'RangeError', 'Array buffer allocation failed', 'out-of-memory', 'restart'],
  ['generate', 'GrammarMatcherInitError', 'Failed to initialize', 'failed', 'unconstrained'],
  ['generate', 'Error', 'NDArray has already been disposed', 'device-lost', 'restart'],
  ['generate', 'Error', 'Module has already been disposed', 'device-lost', 'restart'],
  ['generate', 'OperationError', 'A valid external Instance reference', 'device-lost', 'restart'],
  ['generate', 'BindingError', 'Tokenizer instance already deleted', 'device-lost', 'restart'],
  ['generate', 'DeviceLostError', 'unknown: ', 'device-lost', 'restart'],
  ['generate', 'RuntimeError', 'Aborted()', 'failed', 'restart'],
  ['generate', 'ModelNotLoadedError', 'Model not loaded', 'failed', 'restart'],
  ['load', 'DeviceLostError', 'The device was lost', 'out-of-memory', 'smaller'],
  ['load', 'DeviceLostError', 'destroyed: ', 'out-of-memory', 'smaller'],
  ['load', 'DeviceLostError', 'unknown: driver', 'device-lost', 'restart'],
  ['load', 'Error', 'Object has already been disposed', 'device-lost', 'restart'],
  ['load', 'ModelNotLoadedError', 'Model not loaded', 'failed', 'restart'],
  ['load', 'InternalError', 'chat config not registered', 'failed', 'restart'],
  ['load', 'WebGPUNotAvailableError', 'WebGPU is not supported', 'unavailable', 'give-up'],
  ['load', 'Error', 'Unable to find a compatible GPU. This issue', 'unavailable', 'give-up'],
  ['load', 'Error', 'Cannot initialize runtime because of requested', 'unavailable', 'give-up'],
  ['load', 'ShaderF16SupportError', 'This model requires', 'unavailable', 'smaller'],
  ['load', 'LinkError', 'WebAssembly.instantiate(): Import #0', 'unavailable', 'give-up'],
  ['load', 'CompileError', `violates … "script-src 'self'"`, 'blocked', 'give-up'],
  ['load', 'TypeError', 'Failed to fetch', 'offline', 'later'],
  [
    'load',
    'TypeError',
    `Failed to execute 'add' on 'Cache': Request failed`,
    'not-found',
    'give-up',
  ],
  ['load', 'DownloadStatusError', 'status 404 for a.bin', 'not-found', 'give-up'],
  ['load', 'DownloadStatusError', 'status 401 for a.bin', 'unauthorised', 'give-up'],
  ['load', 'DownloadStatusError', 'status 403 for a.bin', 'forbidden', 'give-up'],
  ['load', 'DownloadStatusError', 'status 429 for a.bin', 'rate-limited', 'later'],
  ['load', 'DownloadStatusError', 'status 503 for a.bin', 'server', 'later'],
  ['load', 'QuotaExceededError', 'Quota exceeded.', 'unavailable', 'smaller'],
  ['load', 'ExitStatus', 'Program terminated with exit(1)', 'failed', 'clear-cache'],
  ['load', 'Error', 'Tensor-cache record range 1 exceeds shard size', 'failed', 'clear-cache'],
  ['load', 'SyntaxError', 'Unexpected token <', 'failed', 'clear-cache'],
  ['load', 'IntegrityError', 'mismatch', 'failed', 'clear-cache'],
  ['load', 'WorkerStartError', 'forbidden', 'unavailable', 'give-up'],
  ['load', 'StalledError', 'silent for 300 s', 'timed-out', 'later'],
])(
  '[WEB13] while it should %s, %s: %s is %s, and the cure is %s',
  (activity, name, message, code, cure) => {
    expect(judgeEngineFailure({ name, message }, activity)).toMatchObject({ code, cure })
  },
)

test('[WEB13] every error has a code and a short reason', () => {
  const failure = fc.record({ name: fc.string(), message: fc.string({ maxLength: 5_000 }) })
  fc.assert(
    fc.property(failure, fc.constantFrom('load', 'generate'), (each, activity) => {
      const { code, reason } = judgeEngineFailure(each, activity)
      expect(MODEL_FAILURES).toContain(code)
      expect(reason.length).toBeGreaterThan(0)
      expect(reason.isWellFormed()).toBe(true)
    }),
  )
  const message = 'no https://a.example/b.bin?token=secret here, nor http://b/c#secret'
  const { reason } = judgeEngineFailure({ name: 'Error', message }, 'load')
  expect(reason).toContain('no https://a.example/b.bin here, nor http://b/c')
  expect(reason).not.toContain('secret')
  const long = { name: 'x'.repeat(9_000_000), message: 'y'.repeat(9_000_000) }
  expect(judgeEngineFailure(long, 'load').reason.length).toBeLessThan(1_000)
})
