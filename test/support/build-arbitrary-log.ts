import fc from 'fast-check'
import type { Draft, Message, Part } from '../../src/core/session/message.ts'
import { buildLog } from './build-log.ts'

const ids = fc.subarray(['a', 'b', 'c'], { maxLength: 2 })

/** One message with any mixture of calls, results and approvals, of few ids so that they meet. */
const mixedDraft: fc.Arbitrary<Draft> = fc
  .record({
    role: fc.constantFrom('user', 'assistant', 'tool', 'system'),
    said: fc.boolean(),
    called: ids,
    answered: ids,
    requested: ids,
    responded: ids,
  })
  .map(({ role, said, called, answered, requested, responded }) => {
    const parts: Part[] = [
      ...(said ? [{ type: 'text', text: 'words' } as const] : []),
      ...called.map((callId): Part => ({ type: 'tool-call', callId, name: 'run', input: '{}' })),
      ...answered.map((callId): Part => ({ type: 'tool-result', callId, output: 'done' })),
      ...requested.map((id): Part => ({ type: 'approval-request', approvalId: id, callId: id })),
      ...responded.map((id): Part => ({
        type: 'approval-response',
        approvalId: id,
        approved: true,
      })),
    ]
    return { role, parts }
  })

/** Plain talk, which makes long stretches without an exchange likely enough. */
const spokenDraft: fc.Arbitrary<Draft> = fc
  .record({ role: fc.constantFrom('user', 'assistant'), text: fc.string({ maxLength: 30 }) })
  .map(({ role, text }) => ({ role, parts: [{ type: 'text', text }] }))

/**
 * Drafts of any log there may be: calls in parallel, answered in any order, twice, never, under ids
 * used again; results and approvals without a call.
 */
export const arbitraryDrafts: fc.Arbitrary<readonly Draft[]> = fc.array(
  fc.oneof({ weight: 2, arbitrary: mixedDraft }, { weight: 1, arbitrary: spokenDraft }),
  { maxLength: 24 },
)

/** The same as messages in their places, a token a character. */
export const arbitraryLog: fc.Arbitrary<readonly Message[]> = arbitraryDrafts.map(
  (drafts) => buildLog(drafts).messages,
)
