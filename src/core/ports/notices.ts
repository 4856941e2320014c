/** What one tab tells the others: something of this session was written. Content stays in the store. */
export interface Notice {
  readonly session: string
  readonly kind:
    'appended' | 'applied' | 'job' | 'rolled-back' | 'branched' | 'described' | 'deleted'
}

/** Best-effort messages to the other tabs of this origin. They may be late, doubled, or never come. */
export interface Notices {
  post(notice: Notice): void
  /** Calls back for every notice of another tab; returns the way to stop. */
  listen(listener: (notice: Notice) => void): () => void
  close(): void
}
