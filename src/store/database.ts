import { Dexie, type PromiseExtended, type Table } from 'dexie'
import type { BlockDigest, Job } from '../core/compaction/job.ts'
import type { FactOverride } from '../core/memory/facts/fact-override.ts'
import type { MemoryAction } from '../core/memory/memory-action.ts'
import type { Pad } from '../core/memory/pads/pad.ts'
import type { SegmentRow } from '../core/memory/recall/segment.ts'
import type { RuleRow } from '../core/memory/vault/rule-row.ts'
import type { Artifact, Generation, Snapshot } from '../core/session/generation.ts'
import type { Message } from '../core/session/message.ts'
import type { SessionRow } from '../core/session/session-row.ts'
import type { ProtectionRow } from './data-key.ts'
import { upgradeJob, upgradeSession } from './upgrade-rows.ts'

/** A message as stored: the log of all sessions is one table. */
export type MessageRow = Message & { readonly session: string }

/** Newest version of the schema that this release knows. */
const DATABASE_VERSION = 4

/**
 * IndexedDB's versions of later schemas begin here. Each time that encryption is turned on or off the version grows by
 * one, so that all tabs let go of the database: schemas after the fourth are to be Dexie's 500, 600 and so on, which are
 * IndexedDB's 5,000 and 6,000.
 */
export const NEXT_SCHEMA: number = (DATABASE_VERSION + 1) * 1_000

/**
 * The IndexedDB schema. Every released version stays listed, so that a database written by an older
 * release opens and migrates.
 *
 * The log has no secondary index but the one by id, which makes appending the same message twice
 * harmless; everything else goes by key.
 */
export class BackfoldDatabase extends Dexie {
  declare readonly sessions: Table<SessionRow, string>
  declare readonly messages: Table<MessageRow, [string, number]>
  declare readonly generations: Table<Generation, [string, number]>
  declare readonly snapshots: Table<Snapshot, [string, number]>
  declare readonly jobs: Table<Job, [string, number]>
  declare readonly blocks: Table<BlockDigest, [string, number, number]>
  declare readonly artifacts: Table<Artifact, [string, string]>
  declare readonly notes: Table<MemoryAction, [string, number]>
  declare readonly pads: Table<Pad, [string, number]>
  declare readonly rules: Table<RuleRow, [string, string]>
  declare readonly facts: Table<FactOverride, [string, string]>
  declare readonly index: Table<SegmentRow, [string, number]>
  declare readonly keys: Table<ProtectionRow, string>

  private wasOpened = false

  constructor(
    name: string,
    factory?: { readonly indexedDB: IDBFactory; readonly IDBKeyRange: typeof IDBKeyRange },
  ) {
    super(name, { ...factory, autoOpen: false })
    this.version(1).stores({
      sessions: 'id',
      messages: '[session+seq], [session+id]',
      generations: '[session+n]',
      snapshots: '[session+n]',
      jobs: '[session+n]',
      blocks: '[session+job+block]',
      artifacts: '[session+hash]',
    })
    // Jobs of all sessions by the time they started, for the registry.
    this.version(2)
      .stores({ jobs: '[session+n], startedAt' })
      .upgrade(async (tx) => {
        await tx
          .table<SessionRow>('sessions')
          .toCollection()
          .modify((row, ref) => {
            ref.value = upgradeSession(row)
          })
        await tx
          .table<Job>('jobs')
          .toCollection()
          .modify((row, ref) => {
            ref.value = upgradeJob(row)
          })
      })
    // The index for recall, made from the log as it is needed; what models did to their memory; action pads; the
    // rules vault, and what a person made of facts; and sessions get the policy options that came since.
    this.version(3)
      .stores({
        index: '[session+segment]',
        notes: '[session+n]',
        pads: '[session+n]',
        rules: '[session+id]',
        facts: '[session+id]',
      })
      .upgrade((tx) =>
        tx
          .table<SessionRow>('sessions')
          .toCollection()
          .modify((row, ref) => {
            ref.value = upgradeSession(row)
          }),
      )
    // Sessions that are being removed, for whoever goes on with it; and how the rows are encrypted, if they are.
    this.version(4).stores({ sessions: 'id, removed', keys: 'id' })
  }

  /**
   * Opens once. Dexie would open a connection that broke once more by itself, and may then find, or
   * create, another database under that name: sessions that are known here would begin anew in it.
   */
  override open(): PromiseExtended<Dexie> {
    if (this.wasOpened) {
      return Dexie.Promise.reject(new DOMException('the connection broke', 'InvalidStateError'))
    }
    this.wasOpened = true
    return super.open()
  }
}
