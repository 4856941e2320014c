import type { AbortSignalLike } from './abort-signal-like.ts'
import type { ModelRequest } from './language-model.ts'

/**
 * A model of the host's own: a model of another library, a server with an API of its own. It runs on the
 * page, and a fold never depends on it: what throws, hangs or answers nonsense is stepped over, and the
 * reason is kept.
 *
 * @typeParam S - The signal that a call is cancelled by: the platform's own, where there is one.
 */
export interface HostSummariser<S extends AbortSignalLike = AbortSignalLike> {
  /** 1 to 60 characters: what reasons, jobs and people call it. */
  readonly name: string
  /** Who answers, 1 to 60 characters: summarisers of one provider share its slots. Its name by default. */
  readonly provider?: string
  /** Most tokens of question and answer together, 1,000 to 10,000,000; 8,192 by default. */
  readonly contextTokens?: number
  /** Calls at the same time, 1 to 16; 1 by default. */
  readonly slots?: number
  /** Whether everything stays on this device; false by default, so that nothing secret is sent. */
  readonly isLocal?: boolean
  /** Whether it holds its answers to `schema`; false by default. */
  readonly isConstrained?: boolean
  /** Whether it is asked afterwards if its lines stand in their sources; it may only reject. False by default. */
  readonly judge?: boolean
  /**
   * Answers a question in text. Orders stand in `system`; `prompt` quotes untrusted text.
   *
   * @param signal - A real `AbortSignal`: hand it on, and a call that is needed no more costs no more.
   */
  summarise(request: ModelRequest, signal: S): Promise<string>
}
