import { wrap } from 'comlink'
import type { ExtractorDescription } from '../core/compaction/describe-extractors.ts'
import type { HostExtractor } from '../core/ports/host-extractor.ts'
import type { ExtractorApi } from '../protocol/extractor-api.ts'
import { fromReply } from '../protocol/reply.ts'

/** The page's extractors as the engine sees them: each call crosses to the page and back. */
export function pageExtractors(
  descriptions: readonly ExtractorDescription[],
  port: MessagePort,
): readonly HostExtractor[] {
  const api = wrap<ExtractorApi>(port)
  let calls = 0
  return descriptions.map((description) => ({
    ...description,
    async extract(block, signal) {
      // A signal that was aborted before it is listened to stays silent.
      if (signal.aborted) throw new Error('cancelled')
      const call = (calls += 1)
      const onAbort = (): void => void api.abort(call)
      signal.addEventListener('abort', onAbort, { once: true })
      try {
        return fromReply(await api.extract(call, description.name, block))
      } finally {
        signal.removeEventListener('abort', onAbort)
      }
    },
  }))
}
