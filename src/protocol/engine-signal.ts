import type { SessionEvent, SessionState } from './events.ts'

/** What an engine tells its host. */
export type EngineSignal =
  | { readonly kind: 'event'; readonly event: SessionEvent }
  | { readonly kind: 'state'; readonly state: SessionState }
  /** The session is deleted, here or in another tab. */
  | { readonly kind: 'deleted'; readonly session: string }
  /** A job of some session, here or in another tab, has changed. */
  | { readonly kind: 'jobs' }
  /** Something about the summarisers has changed. */
  | { readonly kind: 'summarisers' }
  /** Something of a session was written in another tab, or by what came from another device; of none: sync stands otherwise. */
  | { readonly kind: 'sync'; readonly session?: string }
