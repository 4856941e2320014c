import type { Reply } from './reply.ts'
import type { TokeniserName } from './tokeniser-name.ts'
import type { Method, Params, Result } from './requests.ts'

/** What the page may ask of the store worker. */
export interface StoreApi {
  start(options: StartOptions, signals: MessagePort): Promise<Reply<void>>
  handle<M extends Method>(method: M, params: Params<M>): Promise<Reply<Result<M>>>
  close(): Promise<Reply<void>>
}

export interface StartOptions {
  readonly version: number
  readonly database: string
  readonly tokeniser: TokeniserName
  /** Name of the lock that this worker holds as long as it lives. */
  readonly lifeline: string
}
