/** Whose file it was: Backfold's archive, an export of ChatGPT or Claude, a log of a coding agent, messages, a transcript. */
export type FileSource =
  'backfold' | 'chatgpt' | 'claude' | 'claude-code' | 'codex' | 'messages' | 'markdown'

/** What a file held and is a session now. */
export interface ImportedSession {
  readonly id: string
  readonly title: string
  /** Messages of its log, branches included. */
  readonly messages: number
  /** Tokens of its active path, estimated. */
  readonly tokens: number
  /** `resumed`: an earlier import was cut off, or the file holds more than it did then. */
  readonly kind: 'imported' | 'already-there' | 'resumed'
  readonly source: FileSource
  /** One sentence for people, where there is something to say. */
  readonly note?: string
}

/** Something of a file that was refused, or mended. */
export interface FileFinding {
  /** What it is, such as `conversation 12 of conversations.json`. */
  readonly what: string
  /** Where it stands, counted from 1. */
  readonly line?: number
  readonly column?: number
  /** One sentence for people. */
  readonly reason: string
}

/** What an import of a file came to. */
export interface ImportReport {
  readonly sessions: readonly ImportedSession[]
  /** What did not come in, and why; at most 1,000, the last of which says how many more there are. */
  readonly refused: readonly FileFinding[]
  /** What was damaged and could be mended; bounded in the same way. */
  readonly repairs: readonly FileFinding[]
}

/** How far an import is. */
export interface ImportProgress {
  /** Read of the file so far. */
  readonly bytes: number
  readonly ofBytes: number
  readonly sessions: number
  readonly messages: number
}

/** How far an export is. */
export interface ExportProgress {
  readonly sessions: number
  readonly ofSessions: number
  /** Written so far. */
  readonly bytes: number
}
