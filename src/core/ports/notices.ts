import type { Seq } from '../session/message.ts'

/** What one tab tells the others: something of this session was written. Content stays in the store. */
export interface Notice {
  readonly session: string
  readonly kind:
    | 'appended'
    | 'applied'
    | 'job'
    | 'rolled-back'
    | 'branched'
    | 'described'
    | 'deleted'
    /** What other devices said of it was taken in. */
    | 'synced'
  /** Of `synced`: what messages are new or in other places. */
  readonly change?: SyncedChange
}

/** Which messages whoever shows them has to read again. */
export interface SyncedChange {
  /** The first and last one, both included; none where `from` is above `to`. */
  readonly from: Seq
  readonly to: Seq
  /** Whether messages that were shown before are in other places. */
  readonly moved: boolean
}

/** Best-effort messages to the other tabs of this origin. They may be late, doubled, or never come. */
export interface Notices {
  post(notice: Notice): void
  /** Calls back for every notice of another tab; returns the way to stop. */
  listen(listener: (notice: Notice) => void): () => void
  close(): void
}
