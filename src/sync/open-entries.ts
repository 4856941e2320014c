import type { RemoteEntry } from '../core/ports/remote-log.ts'
import { readRecord } from '../core/sync/read-record.ts'
import { SPACE_ROWS } from '../core/sync/space-record.ts'
import { channelOf, type SyncEntry } from '../core/sync/sync-record.ts'
import type { TakenEntry } from '../core/sync/take-query.ts'
import type { Sealer } from './sealer.ts'

/** Entries that are opened at once. */
const MOST_AT_ONCE = 32

/** Entries of one session, in order, nonsense among them. */
export interface SessionEntries {
  readonly session: string
  readonly entries: readonly TakenEntry[]
}

export interface OpenedEntries {
  readonly sessions: readonly SessionEntries[]
  /** How many did not open, are no records, or stand where they do not belong. */
  readonly nonsense: number
  /** Nonsense in places of sessions that nobody has heard of here. */
  readonly strange: readonly RemoteEntry[]
}

/** Stands for each session in the remote log, computed once. */
export interface Tokens {
  of(session: string): Promise<string>
  /** The session that a token stands for, if it was computed before. */
  sessionOf(token: string): string | undefined
  /** Others may stand for them by now. */
  forget(): void
}

export function createTokens(sealer: Pick<Sealer, 'token'>): Tokens {
  const tokens = new Map<string, string>()
  const sessions = new Map<string, string>()
  return {
    async of(session) {
      const known = tokens.get(session)
      if (known !== undefined) return known
      const token = await sealer.token(session)
      tokens.set(session, token)
      sessions.set(token, session)
      return token
    },
    sessionOf: (token) => sessions.get(token),
    forget() {
      tokens.clear()
      sessions.clear()
    },
  }
}

/**
 * Opens entries and sorts them by session. Nothing that they say is believed before it stands where it belongs: in the
 * place of its session and kind, under its own id.
 *
 * Rejects where the sealer can't tell now.
 *
 * @see SPEC.md rules PUMP7, PUMP8
 */
export async function openEntries(
  sealer: Pick<Sealer, 'open' | 'nameEntry'>,
  tokens: Tokens,
  entries: readonly RemoteEntry[],
): Promise<OpenedEntries> {
  const sessions = new Map<string, TakenEntry[]>()
  const strange: RemoteEntry[] = []
  let nonsense = 0
  // What a space says of itself is read by others, and belongs to no session.
  const own = entries.filter(({ token }) => token !== SPACE_ROWS.token)
  for (const [entry, opened] of await openAll(sealer, tokens, own)) {
    const session = opened?.record.session ?? tokens.sessionOf(entry.token)
    if (!opened) nonsense += 1
    if (session === undefined) strange.push(entry)
    else {
      const taken = sessions.get(session) ?? []
      taken.push(opened ?? { position: entry.position, channel: entry.channel })
      sessions.set(session, taken)
    }
  }
  const grouped = [...sessions].map(([session, taken]) => ({ session, entries: taken }))
  return { sessions: grouped, nonsense, strange }
}

type Opened = readonly [RemoteEntry, SyncEntry | undefined]

/** In their order, some at once: whoever opens one waits more than works. */
async function openAll(
  sealer: Pick<Sealer, 'open' | 'nameEntry'>,
  tokens: Tokens,
  entries: readonly RemoteEntry[],
): Promise<readonly Opened[]> {
  const all: Opened[] = []
  for (let from = 0; from < entries.length; from += MOST_AT_ONCE) {
    const some = entries.slice(from, from + MOST_AT_ONCE)
    const opened = some.map(async (entry): Promise<Opened> => [
      entry,
      await openEntry(sealer, tokens, entry),
    ])
    all.push(...(await Promise.all(opened)))
  }
  return all
}

async function openEntry(
  sealer: Pick<Sealer, 'open' | 'nameEntry'>,
  tokens: Tokens,
  { position, id, token, channel, bytes }: RemoteEntry,
): Promise<SyncEntry | undefined> {
  const place = { token, channel }
  const opened = await sealer.open(place, id, bytes)
  const read = opened && readRecord(opened)
  if (read?.kind !== 'record') return undefined
  const { record } = read
  if (channelOf(record) !== channel || (await tokens.of(record.session)) !== token) return undefined
  return (await sealer.nameEntry(place, record.id)) === id ? { position, record } : undefined
}
