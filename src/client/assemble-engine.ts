import { messageCodec } from '../adapters/message-codec.ts'
import type { HostExtractor } from './host-extractor.ts'
import type { Tokeniser } from '../core/ports/tokeniser.ts'
import { createDigester } from '../engine/digester.ts'
import { createEngine } from '../engine/engine.ts'
import type { EnginePorts } from '../engine/engine-ports.ts'
import { createExaminer } from '../engine/examiner.ts'
import { createSearcher } from '../engine/searcher.ts'
import { streamCompressor } from '../store/stream-compressor.ts'
import { createBackfold } from './create-backfold.ts'
import type { Backfold } from './session.ts'
import type { PageModels } from './summarisers.ts'

/** What differs between the engines of one process. */
export interface EngineParts extends Pick<
  EnginePorts,
  'clock' | 'store' | 'leases' | 'notices' | 'sharing' | 'sync' | 'summariser' | 'transfers'
> {
  readonly tokeniser: Tokeniser
  readonly extractors?: readonly HostExtractor[]
  readonly page: PageModels
}

/** Puts an engine together that runs in this thread, with what a page would have in workers. */
export function assembleEngine({ page, ...parts }: EngineParts): Backfold {
  const { store, tokeniser } = parts
  const searcher = createSearcher(store, tokeniser)
  const random = { id: () => crypto.randomUUID() }
  const engine = createEngine(
    {
      ...parts,
      random,
      compressor: streamCompressor,
      digester: createDigester({ store, tokeniser, compressor: streamCompressor }),
      searcher,
      examiner: createExaminer(store, searcher),
      codec: messageCodec,
    },
    (signal) => created.tell(signal),
  )
  const created = createBackfold(engine.handle, random.id, engine.close, page)
  return created.backfold
}
