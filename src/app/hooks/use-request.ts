import { useAnswer } from '../../widget/hooks/use-answer.ts'
import type { Problem } from '../view/error-advice.ts'
import { describeProblem } from '../view/error-advice.ts'

/** A request's answer as far as it is known. While a new one is under way, the old answer stays. */
export interface Requested<T> {
  readonly value: T | null
  readonly problem: Problem | null
  readonly loading: boolean
}

/**
 * Sends a request whenever its key changes; an answer to an older key is dropped.
 *
 * @param key - What the request depends on; null sends nothing.
 */
export function useRequest<T>(key: string | null, send: () => Promise<T>): Requested<T> {
  const { settled, isAsking } = useAnswer(PAGE, key, send)
  return {
    value: settled?.kind === 'answer' ? settled.value : null,
    problem: settled?.kind === 'failure' ? describeProblem(settled.thrown) : null,
    loading: isAsking,
  }
}

/** All requests are asked of the same page; what is asked is said by their keys. */
const PAGE = 'page'
