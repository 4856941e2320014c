import type { PadRun } from '../memory/pads/pad.ts'
import type { Artifact, DigestLine, Stub } from '../session/generation.ts'
import type { Seq } from '../session/message.ts'
import type { PatchOperation } from '../summarise/patch.ts'
import type { Spend } from './spend.ts'

/**
 * What made a job start: pressure, a person, a candidate that could not be applied any more, or so many
 * messages since the last one that the context is still above the soft threshold.
 */
export type Trigger = 'soft' | 'hard' | 'manual' | 'rebuild' | 'extend'

export type JobState =
  'running' | 'ready' | 'applied' | 'superseded' | 'skipped' | 'rejected' | 'abandoned' | 'failed'

/** One numbered attempt to make a candidate. Ended jobs always have a reason. */
export interface Job {
  readonly session: string
  readonly n: number
  readonly schema: number
  readonly trigger: Trigger
  readonly state: JobState
  readonly reason?: string
  /** Head generation and version that the job read. */
  readonly base: number
  readonly baseVersion: number
  readonly branch: number
  /** First message that the base does not cover. */
  readonly from: Seq
  /** Newest message covered. Fixed when the job starts, never raised. */
  readonly mark: Seq
  readonly epoch: number
  readonly attempt: number
  /** Worker that took the job last. */
  readonly owner: string
  /** The covered part, cut into blocks; `done` of them are finished and saved. */
  readonly blocks: readonly BlockRange[]
  readonly done: number
  /** Number of messages covered. */
  readonly messages: number
  /** Messages that were pinned when the job started. */
  readonly pins: readonly Seq[]
  readonly instructions?: string
  /** Tokens of the log when the job started: what came meanwhile sets the headroom. */
  readonly logTokens: number
  /** Names of the extractors that work on it, in the order in which their lines are joined. */
  readonly extractors: readonly string[]
  /** What extractors that are not free have cost so far. */
  readonly spend: Spend
  /** Extractors left out of finished blocks, each with its reason. */
  readonly leftOut: readonly LeftOut[]
  readonly tokensBefore: number
  readonly tokensAfter?: number
  /** Candidate that came of it. */
  readonly generation?: number
  readonly startedAt: number
  readonly endedAt?: number
}

/** Part of a job small enough to be worked on, and repeated, in one piece. */
export interface BlockRange {
  readonly from: Seq
  readonly to: Seq
  /** Active messages in it. Missing in jobs that the first release began. */
  readonly messages?: number
}

/** An extractor that gave nothing for a block. The block is finished all the same. */
export interface LeftOut {
  readonly extractor: string
  /** Index of the block. */
  readonly block: number
  readonly reason: string
}

/** What came of one finished block; saved so that a killed job resumes behind it. */
export interface BlockDigest {
  readonly session: string
  readonly job: number
  readonly block: number
  readonly lines: readonly DigestLine[]
  readonly stubs: readonly Stub[]
  /** Number of messages read: the coverage check adds these up. */
  readonly messages: number
  /** Chain hash of the newest message read. */
  readonly chain: string
  /** Lines dropped because they named something that their sources do not say. */
  readonly unsupported: number
  /** What stretches of tool calls came to, for action pads. */
  readonly padRuns?: readonly PadRun[]
  /** What a summariser changes in lines that stood before. */
  readonly operations?: readonly PatchOperation[]
  /** Who wrote lines besides code. */
  readonly summarisedBy?: string
}

/** A finished block with the payloads that were moved out in it. */
export interface BlockResult {
  readonly digest: Omit<BlockDigest, 'session' | 'job' | 'block'>
  readonly artifacts: readonly Artifact[]
}
