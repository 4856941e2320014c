import type { Clock } from '../core/ports/clock.ts'
import type { Compressor } from '../core/ports/compressor.ts'
import type { Digester } from '../core/ports/digester.ts'
import type { Examiner } from '../core/ports/examiner.ts'
import type { HostExtractor } from '../core/ports/host-extractor.ts'
import type { Leases } from '../core/ports/leases.ts'
import type { Notices } from '../core/ports/notices.ts'
import type { Random } from '../core/ports/random.ts'
import type { Searcher } from '../core/ports/searcher.ts'
import type { SessionStore } from '../core/ports/session-store.ts'
import type { Tokeniser } from '../core/ports/tokeniser.ts'
import type { EngineSignal } from '../protocol/engine-signal.ts'
import type { SummariserDesk } from '../protocol/summariser-desk.ts'
import type { SyncDesk } from '../protocol/sync-desk.ts'
import type { TransferDesk } from '../protocol/transfers.ts'
import type { Codec } from './codec.ts'

/** Everything an engine is given. Each has a real and an in-process implementation. */
export interface EnginePorts {
  readonly store: SessionStore
  readonly leases: Leases
  readonly notices: Notices
  readonly clock: Clock
  readonly random: Random
  readonly tokeniser: Tokeniser
  readonly compressor: Compressor
  readonly digester: Digester
  readonly searcher: Searcher
  readonly examiner: Examiner
  /** What the host adds to digests; nothing by default. */
  readonly extractors?: readonly HostExtractor[]
  /** Who writes prose for digests; nobody by default. */
  readonly summariser?: SummariserDesk
  readonly codec: Codec
  /** Imports and exports; without it there are none. */
  readonly transfers?: TransferDesk
  /** What other devices say and hear; without it there is none. */
  readonly sync?: SyncDesk
  /** Whether sessions are shared with other devices at present; never by default. */
  readonly sharing?: Sharing
}

export interface Sharing {
  isActive(): boolean
  /** Whether somebody else folds at the soft threshold; never by default. */
  foldsElsewhere?(): boolean
}

export type Emit = (signal: EngineSignal) => void
