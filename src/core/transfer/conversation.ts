import type { Draft } from '../session/message.ts'
import type { FileFinding, FileSource } from './import-report.ts'

/** A message of a conversation that a file holds, with its place in it. */
export interface FoundNode {
  readonly draft: Draft
  /** Index of the message before it, smaller than its own; −1 for a first one. */
  readonly parent: number
}

/** A conversation as a file holds it: a tree of messages, where most are a mere line. */
export interface Conversation {
  readonly source: FileSource
  /** Tells it from all others of its source: what the file itself calls it, else a hash of what it says. */
  readonly key: string
  readonly title: string
  /** Unix time in milliseconds. */
  readonly createdAt?: number
  readonly nodes: readonly FoundNode[]
  /** Index of the message that the active path ends with; −1 where there is none. */
  readonly current: number
  /** What was mended in it, as sentences for people. */
  readonly repairs: readonly string[]
}

/** What is found in a file, in its order. */
export type FileItem =
  | { readonly kind: 'conversation'; readonly conversation: Conversation; readonly what: string }
  | { readonly kind: 'refused'; readonly finding: FileFinding }
  | { readonly kind: 'mended'; readonly finding: FileFinding }

/** A chain of messages, each behind the one before. */
export function inLine(drafts: readonly Draft[]): readonly FoundNode[] {
  return drafts.map((draft, index) => ({ draft, parent: index - 1 }))
}
