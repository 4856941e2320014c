import type { ModelReply, ModelRequest, ModelUsage } from '../../core/ports/language-model.ts'
import { ABORTED, failed, type CallTools } from '../answer-within.ts'
import type { BrowserApi, BrowserQuestion, BrowserSession } from './browser-api.ts'
import { failureOf, tooLong } from './failure-of.ts'
import { peekText } from './foreign.ts'
import { readAnswer } from './read-answer.ts'

/** What came of one question to one session. */
export interface AskOutcome {
  readonly reply: ModelReply
  /** Most tokens of question and answer, as the session told. */
  readonly window?: number
  /** The browser ended the session. */
  readonly isLost?: boolean
  /** It may be the schema that was turned down. */
  readonly isConstraintRefused?: boolean
}

/** What is thrown at a schema that is not understood. */
const CONSTRAINT_ERRORS = ['NotSupportedError', 'TypeError', 'SyntaxError', 'DataError']

/**
 * Asks one question: not at all where it does not fit.
 *
 * @see SPEC.md rules BAI6, BAI9
 */
export async function askSession(
  session: BrowserSession,
  growth: BrowserApi['growth'],
  request: ModelRequest,
  { signal, tell }: CallTools,
): Promise<AskOutcome> {
  const question: BrowserQuestion = { ...request, signal }
  const before = session.used() ?? 0
  const asked = await session.measure(question)
  const told = session.window()
  const window = told === undefined || told < 1 ? undefined : Math.floor(told)
  const known = window === undefined ? {} : { window }
  if (window !== undefined && asked !== undefined && before + asked >= window) {
    return { ...known, reply: failed('context-exceeded', tooLong(before + asked, window)) }
  }
  if (signal.aborted) return { ...known, reply: ABORTED }
  try {
    const reading = { maxTokens: request.maxTokens, growth, signal, tell }
    const answer = await readAnswer(await session.ask(question), reading)
    const after = session.used()
    const isFull = window !== undefined && after !== undefined && after >= window
    const usage = usageOf(before, asked, after)
    const { text } = answer
    const isWhole = answer.isWhole && !isFull
    return { ...known, reply: { kind: 'answered', text, isWhole, ...(usage ? { usage } : {}) } }
  } catch (thrown) {
    const reply = failureOf(thrown, { step: 'ask' })
    const isConstraintRefused =
      question.schema !== undefined && CONSTRAINT_ERRORS.includes(peekText(thrown, 'name'))
    return { ...known, reply, isLost: reply.code === 'device-lost', isConstraintRefused }
  }
}

/** Tokens of the call, where the session counts both what was asked and what it holds afterwards. */
function usageOf(
  before: number,
  asked: number | undefined,
  after: number | undefined,
): ModelUsage | undefined {
  if (asked === undefined || after === undefined || after < before + asked) return undefined
  const input = Math.round(before + asked)
  return { input, output: Math.round(after) - input }
}
