import { describeSummariser } from '../core/compaction/describe-summariser.ts'
import { failureText } from '../engine/failure-text.ts'
import type { HostSummariser } from '../core/ports/host-summariser.ts'
import type { LanguageModel, ModelReply } from '../core/ports/language-model.ts'
import { answerWithin, failed } from './answer-within.ts'
import { cutAnswer } from './cut-answer.ts'

/**
 * A host's own summariser as a language model. Whatever the host's code does (throws, hangs, answers what is
 * no text or without end), a call ends in a reply.
 *
 * @throws BackfoldError `INVALID_INPUT` where it has no name or an option out of bounds.
 * @see SPEC.md rules PAGE1–PAGE3
 */
export function hostModel(summariser: HostSummariser): LanguageModel {
  const info = describeSummariser(summariser)
  const closing = new AbortController()
  return {
    info,
    generate: (request, signal) =>
      answerWithin({ signal, closed: closing.signal }, async ({ signal: needed }) => {
        try {
          return toReply(await summariser.summarise(request, needed), request.maxTokens)
        } catch (failure) {
          return failed('failed', `${info.name}: ${failureText(failure)}`)
        }
      }),
    close: async () => closing.abort(),
  }
}

function toReply(answer: unknown, maxTokens: number): ModelReply {
  if (typeof answer !== 'string') {
    const what = answer === null ? 'null' : typeof answer
    return failed('failed', `summarise() answered with ${what}; it must answer with text`)
  }
  return { kind: 'answered', ...cutAnswer(answer, maxTokens) }
}
