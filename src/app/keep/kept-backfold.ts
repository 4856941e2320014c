import type { Backfold, Session } from '../../client/session.ts'

/** What the app asks of an open Backfold, by the names of its client. In tests a fake takes its place. */
export type KeptBackfold = Backfold

/** A session with what the app needs beyond the chat. */
export type KeptSessionObject = Session
