import type { ProposedLine } from '../core/compaction/accept-lines.ts'
import type { ExtractorBlock } from '../core/ports/host-extractor.ts'
import type { Reply } from './reply.ts'

/** What the store worker may ask of the page: to run an extractor that only the page has. */
export interface ExtractorApi {
  /** @param call - Number of the call, by which it can be aborted. */
  extract(
    call: number,
    name: string,
    block: ExtractorBlock,
  ): Promise<Reply<readonly ProposedLine[]>>
  abort(call: number): Promise<void>
}
