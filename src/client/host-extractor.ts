import type { HostExtractor as AnyHostExtractor } from '../core/ports/host-extractor.ts'

/** As {@link AnyHostExtractor}, with the signal that a host's own `fetch` takes. */
export type HostExtractor = AnyHostExtractor<AbortSignal>
