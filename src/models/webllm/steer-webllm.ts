import type { SummariserState } from '../../protocol/summariser-state.ts'
import type { ModelCommand } from '../../protocol/summariser-status.ts'
import type { WebLlmLanguageModel } from './webllm-model.ts'
import type { WebLlmStatus } from './webllm-status.ts'

/** A local model's status as people are told of any summariser. */
export function toSummariserState(status: WebLlmStatus): SummariserState {
  switch (status.state) {
    // Whether it is stored is not looked up before somebody wants it.
    case 'idle':
      return { kind: 'unknown' }
    case 'needs-consent':
      return { kind: 'needs-download', bytes: status.downloadBytes }
    case 'loading': {
      const { phase, fraction, bytes } = status.progress
      const isComing = phase === 'starting' || phase === 'downloading'
      return isComing
        ? { kind: 'downloading', share: fraction, bytes }
        : { kind: 'loading', share: fraction }
    }
    case 'paused': {
      const { fraction, bytes } = status.progress
      return { kind: 'paused', share: fraction, bytes }
    }
    case 'ready':
      return { kind: 'ready' }
    case 'failed':
      return { kind: 'failed', code: status.code, reason: status.reason }
    case 'closed':
      return { kind: 'failed', code: 'aborted', reason: 'It was closed.' }
  }
}

/** Carries out what a person wants of a local model. */
export async function steerWebLlm(
  model: WebLlmLanguageModel,
  command: ModelCommand,
): Promise<void> {
  switch (command) {
    case 'load':
      // Consent is what was given to a download whose size is told. How it goes is told by the status.
      void model.load(model.status().state === 'needs-consent')
      return
    case 'pause':
      model.pause()
      return
    case 'resume':
      void model.resume()
      return
    case 'unload':
      await model.unload()
      return
    case 'remove':
      await model.remove()
  }
}
