/** What a stream is to be. Durations in nanoseconds; -1 for no limit. */
export interface StreamConfig {
  readonly name: string
  readonly subjects: readonly string[]
  readonly retention: string
  readonly storage: string
  readonly discard: string
  readonly num_replicas: number
  readonly max_age: number
  readonly max_msgs: number
  readonly max_msgs_per_subject: number
  readonly deny_delete: boolean
  readonly deny_purge?: boolean
  readonly allow_direct: boolean
  readonly duplicate_window: number
  readonly allow_atomic?: boolean
}

/** A server's version, where it says one that can be read. */
interface ServerVersion {
  readonly major: number
  readonly minor: number
  readonly patch: number
}

const WINDOW_NS = 600e9
const LEAST_WINDOW_NS = 120e9

function readVersion(version: string): ServerVersion | undefined {
  const [, major, minor, patch] = /^v?(\d+)\.(\d+)\.(\d+)/.exec(version) ?? []
  if (major === undefined || minor === undefined || patch === undefined) return undefined
  return { major: Number(major), minor: Number(minor), patch: Number(patch) }
}

function isAtLeast(version: string, major: number, minor: number, patch: number): boolean {
  const read = readVersion(version)
  if (!read) return false
  if (read.major !== major) return read.major > major
  if (read.minor !== minor) return read.minor > minor
  return read.patch >= patch
}

/** What speaks against a server: before 2.10 replicas may both accept the same commit, before 2.12.3 they may lose entries. */
export type VersionVerdict =
  | { readonly kind: 'good' }
  | { readonly kind: 'doubtful'; readonly warning: string }
  | { readonly kind: 'too-old'; readonly reason: string }

export function judgeVersion(version: string): VersionVerdict {
  if (!isAtLeast(version, 2, 10, 0)) {
    const reason = `The server is too old (NATS ${version}): it must be 2.10 or newer, best 2.15 or newer.`
    return { kind: 'too-old', reason }
  }
  if (isAtLeast(version, 2, 12, 3)) return { kind: 'good' }
  const warning = `NATS ${version} can lose entries when servers of a cluster fail: 2.12.3 or newer is better.`
  return { kind: 'doubtful', warning }
}

/** Whether the server stores several entries together or not at all. Older ones ignore in silence that they are asked to. */
export function hasBatches(version: string): boolean {
  return isAtLeast(version, 2, 12, 1)
}

/**
 * Older servers read what they should not: whoever may write anywhere in the stream can have the answer sent to what empties it,
 * and they take it for a request. There, nobody may empty it, so that sessions can't be erased one by one either.
 */
export function mustDenyPurge(version: string): boolean {
  return !isAtLeast(version, 2, 12, 0)
}

/** What the stream is to be on a server of this version. */
export function askedConfig(name: string, version: string, replicas: number): StreamConfig {
  return {
    name,
    subjects: ['bf.>'],
    retention: 'limits',
    storage: 'file',
    discard: 'new',
    num_replicas: replicas,
    max_age: 0,
    max_msgs: -1,
    max_msgs_per_subject: -1,
    deny_delete: true,
    allow_direct: true,
    duplicate_window: WINDOW_NS,
    ...(mustDenyPurge(version) ? { deny_purge: true } : {}),
    ...(hasBatches(version) ? { allow_atomic: true } : {}),
  }
}

/** The first field of a stream that is such that entries would get lost, in words; undefined if there is none. */
export function findWrongField(found: Partial<StreamConfig>, space: string): string | undefined {
  const { subjects = [], duplicate_window: window = 0 } = found
  const isCovered = subjects.some((subject) => ['>', 'bf.>', `bf.${space}.>`].includes(subject))
  const limits = ['max_age', 'max_msgs', 'max_msgs_per_subject'] as const
  const limit = limits.find((name) => (found[name] ?? 0) > 0)
  if (!isCovered) return `subjects (${subjects.join(', ')}), which must have bf.>`
  if (found.retention !== 'limits') return `retention (${found.retention}), which must be limits`
  if (found.storage !== 'file') return `storage (${found.storage}), which must be file`
  if (limit) return `${limit} (${found[limit]}), which must be unlimited`
  if (found.discard !== 'new') return `discard (${found.discard}), which must be new`
  if (window < LEAST_WINDOW_NS)
    return `duplicate_window (${window / 1e9} s), which must be 120 s or more`
  return undefined
}

/** The first field that the server did not take over as it was asked to, as old servers do in silence. */
export function findDroppedField(
  asked: StreamConfig,
  echoed: Partial<StreamConfig>,
): string | undefined {
  const names = Object.keys(asked) as (keyof StreamConfig)[]
  return names.find((name) => JSON.stringify(asked[name]) !== JSON.stringify(echoed[name]))
}
