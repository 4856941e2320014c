import type { Clock } from '../../core/ports/clock.ts'
import type { Notices } from '../../core/ports/notices.ts'
import type { Random } from '../../core/ports/random.ts'
import type { SessionStore } from '../../core/ports/session-store.ts'
import type { Tokeniser } from '../../core/ports/tokeniser.ts'
import type { FileItem } from '../../core/transfer/conversation.ts'

/** What imports and exports are given. */
export interface TransferPorts {
  readonly store: SessionStore
  readonly tokeniser: Tokeniser
  readonly clock: Clock
  readonly random: Random
  readonly notices: Pick<Notices, 'post'>
  /** Knows what files of others look like; handed in, because adapters stand above the engine. */
  readonly openFile: (file: Blob, onRead: (bytes: number) => void) => Promise<FoundFile>
}

/** What a file turned out to be. */
export type FoundFile =
  | {
      readonly kind: 'archive'
      readonly name: string
      readonly bytes: AsyncIterable<Uint8Array<ArrayBuffer>>
    }
  | { readonly kind: 'items'; readonly items: AsyncIterable<FileItem> }

/** Where what an import comes to is written down. */
export interface ImportLog {
  /** Messages stored since the last call. */
  stored(messages: number): void
  /** Throws when the import was cancelled. */
  goOn(): void
}
