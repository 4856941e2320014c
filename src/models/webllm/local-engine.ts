import type { GpuDevice } from '../../core/models/choose-model.ts'
import type { EngineFailure } from '../../core/models/judge-engine-failure.ts'
import type { LoadReport } from '../../core/models/load-progress.ts'
import type { LocalModel } from '../../core/models/local-model.ts'

/** An answer of the engine, or its error as plain data. */
export type EngineReply<T> =
  { readonly ok: true; readonly value: T } | { readonly ok: false; readonly failure: EngineFailure }

export interface EngineRequest {
  readonly system: string
  readonly prompt: string
  /** Text of a JSON schema that the answer is held to. */
  readonly schema?: string
  readonly maxTokens: number
}

export interface EngineAnswer {
  readonly text: string
  readonly finish: 'stop' | 'length' | 'abort'
  readonly usage?: { readonly input: number; readonly output: number }
}

/**
 * All that is asked of the package web-llm. It holds one model and works on one request at a time: whoever
 * calls sees to it that there is never a second one. Nothing rejects, and everything is plain data but the
 * listeners, so that a thread may lie in between.
 */
export interface LocalEngine {
  /** Looks at the GPU, without loading anything. */
  probe(): Promise<GpuDevice>
  isCached(model: LocalModel): Promise<boolean>
  /** A load that succeeds is no proof of a loaded model: ask for one token. */
  load(model: LocalModel, onReport: (report: LoadReport) => void): Promise<EngineReply<void>>
  /** @param onDelta - Told each piece of text as it comes. */
  generate(
    request: EngineRequest,
    onDelta: (delta: string) => void,
  ): Promise<EngineReply<EngineAnswer>>
  /** Ends the request under way after its next token. Reading the question can't be interrupted. */
  interrupt(): void
  /** Deletes what is stored of a model. */
  remove(model: LocalModel): Promise<EngineReply<void>>
}

/** An engine in a thread of its own. Ending the thread is the only way to free all that it holds for sure. */
export interface EngineThread {
  readonly engine: LocalEngine
  /** Resolves when the GPU is lost, or the thread died or could not be started. */
  readonly lost: Promise<EngineFailure>
  end(): void
}
