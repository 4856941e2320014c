import type { Problem } from '../view/error-advice.ts'
import type { AppSettings } from './app-settings.ts'
import type { ErrorLog } from './error-log.ts'
import type { LockReason, LockState } from './idle-lock.ts'
import type { Protection } from '../../client/read-protection.ts'
import type { Backfold } from '../../client/session.ts'
import type { KeepSync } from './keep-sync.ts'
import type { KeptSession } from './kept-session.ts'

/** What the tabs of the app tell each other. */
export type TabNotice =
  /** The list of sessions is another one now. */
  | { readonly kind: 'changed' }
  /** Sync is set up otherwise now. */
  | { readonly kind: 'sync' }
  /** Settings of the app were stored. */
  | { readonly kind: 'settings' }
  | { readonly kind: 'touched' }
  | { readonly kind: 'locked' }
  /** It was encrypted, or is not any more: every other tab has to open it anew. */
  | { readonly kind: 'protected' }

/** What the app needs of the world. */
export interface KeepWorld {
  /** Rejects with `WRONG_PASSPHRASE` and `STORAGE_*` as the client does. */
  readonly open: (passphrase: string | null) => Promise<Backfold>
  readonly readProtection: () => Promise<Protection>
  /**
   * Where what is kept is open elsewhere and only shown here: whether it is unlocked there. Such a page never locks it
   * for want of a touch.
   */
  readonly isUnlockedElsewhere?: () => Promise<boolean>
  /** Texts that outlast the page; neither content nor keys are put there, but for keys that are sealed. */
  readonly storage: {
    getItem(name: string): string | null
    setItem(name: string, value: string): void
  }
  readonly tell: (notice: TabNotice) => void
  readonly listen: (listener: (notice: TabNotice) => void) => void
  /** Unix time in milliseconds. */
  readonly now: () => number
  /** Calls back after a time in milliseconds; returns the way to stop. */
  readonly after: (ms: number, callback: () => void) => () => void
  /** An id that no other session has. */
  readonly newId: () => string
  /** Leaves the page and begins it anew, so that nothing of it stays in memory. */
  readonly restart: (because: LockReason | null) => void
  /** Why the page was begun anew; null if a person opened it. */
  readonly restartedBecause: () => LockReason | null
}

/** What is shown, whatever the page; a new value after every change. */
export interface KeepState {
  readonly phase: 'starting' | 'locked' | 'opening' | 'open' | 'failed'
  readonly lock: LockState
  readonly protection: Protection
  /** All sessions; null until they were first read. */
  readonly sessions: readonly KeptSession[] | null
  readonly settings: AppSettings
  readonly problem: Problem | null
}

/** The app without its looks. Nothing here rejects: what fails becomes `problem`. */
export interface Keep {
  get(): KeepState
  subscribe(listener: () => void): () => void
  readonly errors: ErrorLog
  /** Null where what is kept is open elsewhere and only shown here. */
  readonly sync: KeepSync | null
  /** Whether it locks by itself when nobody touches it. */
  readonly locksByItself: boolean
  /** Looks whether it is encrypted, and opens what is not. */
  start(): Promise<void>
  unlock(passphrase: string): Promise<void>
  /** Stores drafts, closes everything and begins the page anew; other tabs do the same. */
  lock(): Promise<void>
  touch(): void
  /** Resolves to the open Backfold once there is one. */
  backfold(): Promise<Backfold>
  /** Carries out work; null if it failed, with the problem set. */
  attempt<T>(during: string, work: (backfold: Backfold) => Promise<T>): Promise<T | null>
  refresh(): Promise<void>
  /** The id of a new session, or of one in which nothing was said yet. */
  create(): Promise<string | null>
  rename(id: string, title: string): Promise<void>
  setTags(id: string, tags: readonly string[]): Promise<void>
  archive(id: string, archived: boolean): Promise<void>
  /** Deletes sessions for good. True if all of them are gone. */
  remove(ids: readonly string[]): Promise<boolean>
  /** Turns encryption on, off (null), or changes the passphrase. True if that worked. */
  protect(passphrase: string | null): Promise<boolean>
  change(settings: Partial<AppSettings>): void
  /** Work to be done before the page is left for good; returns the way to take it back. */
  beforeLeaving(work: () => Promise<void>): () => void
  /** Does all of it: the page is left right after. */
  settle(): Promise<void>
  dismiss(): void
}
