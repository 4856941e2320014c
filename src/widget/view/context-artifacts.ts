import { partText, type Seq } from '../../core/session/message.ts'
import type { Entry } from '../../core/session/context.ts'
import { readStub } from './read-stub.ts'

/** A payload that the context holds a stub for, or that its digest names. */
export interface ContextArtifact {
  /** Hash, or its first digits, by which it is recalled. */
  readonly artifact: string
  /** What it was. */
  readonly title: string
  /** Its size and shape as the context tells it; empty where it does not. */
  readonly size: string
  readonly sources: readonly Seq[]
  /** Whether a stub stands for it or a line of the digest. */
  readonly from: 'stub' | 'digest'
}

/** Digits of a hash by which stubs name an artifact. */
const SHORT_HASH = 12
const MOST_TITLE = 160

/** `read_file a.ts: result, TypeScript, 40 lines`: what was called, and what came of it. */
const TOLD = /: (?=(?:result|arguments|block|data), )/

/**
 * The artifacts of a context, each once, in the order of the context; a stub tells more than a line.
 *
 * @see SPEC.md rule REACT12
 */
export function contextArtifacts(entries: readonly Entry[]): readonly ContextArtifact[] {
  const found = new Map<string, ContextArtifact>()
  const add = (one: ContextArtifact): void => {
    const key = one.artifact.slice(0, SHORT_HASH)
    if (one.from === 'stub' || !found.has(key)) found.set(key, one)
  }
  for (const entry of entries) {
    if (entry.kind === 'digest') {
      for (const { artifact, text, sources } of entry.lines) {
        if (artifact === undefined) continue
        const at = text.slice(0, 2_000).search(TOLD)
        const title = (at < 0 ? text : text.slice(0, at)).slice(0, MOST_TITLE)
        const size = at < 0 ? '' : text.slice(at + 2).slice(0, MOST_TITLE)
        add({ artifact, title, size, sources, from: 'digest' })
      }
    } else if (entry.kind === 'stubbed') {
      const { message, artifacts } = entry
      const parts = artifacts.length > 0 ? message.parts.map(partText) : []
      for (const artifact of artifacts) {
        const name = artifact.slice(0, SHORT_HASH)
        const { title, size } = readStub(parts.find((text) => text.includes(name)) ?? '')
        add({ artifact, title, size, sources: [message.seq], from: 'stub' })
      }
    }
  }
  return [...found.values()]
}
