import type { Seq } from '../../session/message.ts'

/** A value of an argument that is no list and no object. */
export type PadScalar = string | number | boolean | null

/** Where a value of an argument, or a piece of a text, comes from. */
export type PadPiece =
  /** The same in every run. */
  | { readonly from: 'constant'; readonly value: PadScalar }
  /** What the user said, or what differed from run to run: one of {@link Pad.params}. */
  | { readonly from: 'parameter'; readonly name: string }
  /** What an earlier step gave: a value by its JSON path, `$` for the whole, empty for somewhere in its text. */
  | { readonly from: 'result'; readonly step: number; readonly path: string }
  /** What an earlier step was given. */
  | { readonly from: 'argument'; readonly step: number; readonly path: string }
  /** Too large to keep: the stored arguments by their hash, and where they stand in the log. */
  | {
      readonly from: 'artifact'
      readonly artifact: string
      readonly length: number
      readonly seq?: Seq
      readonly part?: number
    }
  /** Looks like a key, a token or a password, which is never kept. */
  | { readonly from: 'secret' }

/** One value among the arguments of a step. */
export interface PadArgument {
  /** JSON path in the arguments; `$` where they are no JSON object. */
  readonly path: string
  /** One piece is the value itself; several are joined to a text. */
  readonly pieces: readonly PadPiece[]
}

export interface PadStep {
  readonly tool: string
  readonly does: 'read' | 'change' | 'command'
  readonly arguments: readonly PadArgument[]
}

/** Where in a user's message a value stood: UTF-16 code units of its text parts, joined by newlines. */
export interface PadSpan {
  readonly seq: Seq
  readonly from: number
  readonly to: number
}

export interface PadParameter {
  readonly name: string
  /** `request`: the user said it. `varies`: it differed, and nothing tells where it came from. */
  readonly origin: 'request' | 'varies'
  /** Values that it had, the oldest first. */
  readonly examples: readonly string[]
  readonly spans: readonly PadSpan[]
}

/** What a pad says, apart from what became of it. */
export interface PadContent {
  /** The request, quoted; secrets in it are blanked out. */
  readonly goal: string
  /** Words by which it is found again: those of the goal that are no parameters. */
  readonly terms: readonly string[]
  readonly params: readonly PadParameter[]
  readonly steps: readonly PadStep[]
  /** What the first steps look at, and what has to exist, one sentence each. */
  readonly preconditions: readonly string[]
  /** What the assistant said at the end, shortened. */
  readonly outcome: string
}

/** An action pad: a sequence of tool calls that reached a user's goal, to be used again with other parameters. */
export interface Pad extends PadContent {
  readonly session: string
  /** Counted up within the session, from 1. */
  readonly n: number
  readonly schema: number
  readonly name: string
  /** Same for pads whose steps call the same tools with the same arguments, whatever the values. */
  readonly shape: string
  readonly origin: 'extracted' | 'imported'
  /** A person gave it its name, by which it is found too. */
  readonly isNamed: boolean
  /** A person edited it: then only its counts change by themselves. */
  readonly isEdited: boolean
  /** A person deleted it. The row says so, so that it does not come back by itself. */
  readonly isDeleted: boolean
  /** Messages that it was made from, ascending. */
  readonly sources: readonly Seq[]
  /** Requests of the runs that are counted, ascending; each counts once. */
  readonly runs: readonly Seq[]
  /** Runs counted: the sum of the next two. */
  readonly uses: number
  readonly successes: number
  readonly failures: number
  /** Failures since it last worked. */
  readonly failedInARow: number
}

/** What came of one stretch of tool calls between a user's request and the next one. */
export interface PadRun {
  /** The request that it began with. */
  readonly request: Seq
  readonly outcome: 'reached' | 'failed'
  /** Pads that the model recalled in it. */
  readonly recalled: readonly number[]
  /** Tools called, failed calls included. */
  readonly tools: readonly string[]
  /** Missing where no pad can be made of it. */
  readonly content?: PadContent
  readonly sources: readonly Seq[]
}

export const PAD_BOUNDS = {
  leastSteps: 2,
  steps: 40,
  argumentsPerStep: 40,
  pieces: 24,
  params: 40,
  examples: 3,
  terms: 48,
  sources: 120,
  /** Requests remembered as counted; older ones than all of them count as counted too. */
  runs: 200,
  /** Rows of one session, deleted ones included. */
  rows: 300,
  /** Characters of a whole pad as JSON. */
  size: 48_000,
  goalLength: 500,
  nameLength: 120,
  outcomeLength: 300,
  toolLength: 200,
  pathLength: 300,
  /** A longer value is named by its artifact. */
  valueLength: 400,
  exampleLength: 200,
  preconditions: 12,
  preconditionLength: 240,
  /** From so many failures in a row it is not offered by itself any more. */
  failuresInARow: 2,
} as const
