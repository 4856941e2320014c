import type { DeviceState } from '../core/ports/device-conditions.ts'
import type { ExtractorDescription } from '../core/compaction/describe-extractors.ts'
import type { EngineSignal } from './engine-signal.ts'
import type { Reply } from './reply.ts'
import type { TokeniserName } from './tokeniser-name.ts'
import type { PlainChoice } from './summariser-desk.ts'
import type { SyncSetup } from './sync-desk.ts'
import type { Method, Params, Result } from './requests.ts'

/** What the page may ask of the store worker. */
export interface StoreApi {
  /** Answers with what opens an encrypted database again without the passphrase; it can't be read. */
  start(options: StartOptions, ports: StartPorts): Promise<Reply<unknown>>
  /**
   * Carries out one request. The answer takes along what was told meanwhile, which saves the page a
   * message of its own for each call.
   */
  handle<M extends Method>(method: M, params: Params<M>): Promise<Answer<Result<M>>>
  close(): Promise<Reply<void>>
}

/** A reply with what the engine told until then. */
export interface Answer<T> {
  readonly reply: Reply<T>
  readonly signals: readonly EngineSignal[]
}

export interface StartPorts {
  /** Takes what the engine tells. */
  readonly signals: MessagePort
  /** Runs the page's extractors. */
  readonly extractors: MessagePort
  /** Asks the page's models. */
  readonly models: MessagePort
}

export interface StartOptions {
  readonly version: number
  readonly database: string
  readonly tokeniser: TokeniserName
  /** Opens a database that is encrypted, and encrypts one that is empty. */
  readonly passphrase?: string | undefined
  /** What the worker before answered. */
  readonly unlock?: CryptoKey | undefined
  /** Name of the lock that this worker holds as long as it lives. */
  readonly lifeline: string
  /** Extractors that the page has. */
  readonly extractors: readonly ExtractorDescription[]
  /** The ladder of summarisers, and what the page knows of the device; missing until one was chosen. */
  readonly page:
    { readonly chosen: readonly PlainChoice[]; readonly device: DeviceState } | undefined
  /** How it is synchronised; missing where it is not. */
  readonly sync?: SyncSetup | undefined
}
