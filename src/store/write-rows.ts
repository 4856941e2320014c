import type { Write } from '../core/ports/session-store.ts'
import { mayReplace, type Artifact } from '../core/session/generation.ts'
import type { SessionRow } from '../core/session/session-row.ts'
import { mayReceive, sessionOf } from './standing.ts'
import type { StoredRows } from './stored-rows.ts'

/** Those of the writes' sessions that are there, and were born thus. */
export async function presentSessions(
  rows: StoredRows,
  writes: readonly Write[],
  birth: string | undefined,
): Promise<ReadonlySet<string>> {
  const ids = [...new Set(writes.map(sessionOf))]
  const found = new Map(
    (await rows.bulkGet<SessionRow>('sessions', ids)).map((row) => [row.id, row]),
  )
  return new Set(ids.filter((id) => mayReceive(found.get(id), birth)))
}

/** Removes and writes rows, inside a transaction. */
export async function writeRows(rows: StoredRows, writes: readonly Write[]): Promise<void> {
  for (const write of writes) {
    if ('remove' in write) {
      await rows.deleteBlocks(write.remove.session, write.remove.job)
    } else if ('removePad' in write) {
      await rows.delete('pads', [write.removePad.session, write.removePad.n])
    }
  }
  for (const name of [
    'messages',
    'generations',
    'snapshots',
    'jobs',
    'blocks',
    'artifacts',
    'notes',
    'pads',
    'rules',
    'facts',
    'index',
    'sessions',
  ] as const) {
    const own = writes.flatMap((write) =>
      write.table === name && 'row' in write && !isDelta(write) ? [write.row] : [],
    )
    if (own.length > 0) await rows.put(name, own)
  }
  const deltas = writes.flatMap((write) => (isDelta(write) ? [write.row] : []))
  if (deltas.length > 0) await writeDeltas(rows, deltas)
}

type ArtifactWrite = Extract<Write, { readonly table: 'artifacts' }>

function isDelta(write: Write): write is ArtifactWrite {
  return write.table === 'artifacts' && write.row.base !== undefined
}

/** Behind all that is written whole, as a base may be among it. */
async function writeDeltas(rows: StoredRows, deltas: readonly Artifact[]): Promise<void> {
  const keys = deltas.map(({ session, hash }): [string, string] => [session, hash])
  const stored = new Map(
    (await rows.bulkGet<Artifact>('artifacts', keys)).map((row) => [nameOf(row), row]),
  )
  const due = deltas.filter((row) => mayReplace(stored.get(nameOf(row)), row))
  if (due.length > 0) await rows.put('artifacts', due)
}

function nameOf({ session, hash }: Artifact): string {
  return `${hash} ${session}`
}
