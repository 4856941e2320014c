import type { Backfold, Session } from '../../client/session.ts'

/** What the app asks of an open Backfold, by the names of its client. In tests a fake takes its place. */
export interface KeptBackfold extends Omit<Backfold, 'session'> {
  session(...call: Parameters<Backfold['session']>): Promise<KeptSessionObject>
}

/** A session with what the app needs beyond the chat. */
export interface KeptSessionObject extends Session {
  verify(): Promise<unknown>
}
