import { expose } from 'comlink'
import type { ExtractorDescription } from '../core/compaction/describe-extractors.ts'
import { expectExtractors } from '../core/ports/expect-extractors.ts'
import type { HostExtractor } from './host-extractor.ts'
import type { ExtractorApi } from '../protocol/extractor-api.ts'
import { toReply } from '../protocol/reply.ts'

/**
 * Lets the worker at the other end of a port run the page's extractors. A signal can't cross, so a call is
 * cancelled by its number.
 *
 * @returns Ends it, because the worker is gone: closes the port and tells the extractors that run.
 * @see SPEC.md rule EXT9
 */
export function exposeExtractors(
  extractors: readonly HostExtractor[],
  port: MessagePort,
): () => void {
  const running = new Map<number, AbortController>()
  const abort = (controller: AbortController | undefined): void =>
    controller?.abort(new Error('the job no longer needs it'))
  const api: ExtractorApi = {
    extract: (call, name, block) =>
      toReply(async () => {
        const extractor = extractors.find((one) => one.name === name)
        if (!extractor) throw new Error(`there is no extractor named ${name}`)
        const controller = new AbortController()
        running.set(call, controller)
        try {
          return await extractor.extract(block, controller.signal)
        } finally {
          running.delete(call)
        }
      }),
    abort: async (call) => abort(running.get(call)),
  }
  expose(api, port)
  return () => {
    port.close()
    for (const controller of [...running.values()]) abort(controller)
  }
}

/**
 * What of the page's extractors can cross a thread.
 *
 * @throws BackfoldError `INVALID_INPUT` for what are no extractors.
 */
export function describeForWorker(
  extractors: readonly HostExtractor[],
): readonly ExtractorDescription[] {
  expectExtractors(extractors)
  return extractors.map(descriptionOf)
}

/** What of an extractor can cross a thread. */
function descriptionOf(extractor: HostExtractor): ExtractorDescription {
  // Only these fields; the rest is the host's, and may be anything.
  return JSON.parse(
    JSON.stringify(extractor, ['name', 'priority', 'timeoutMs', 'isModelFree']),
  ) as ExtractorDescription
}
