import type { SessionRow } from '../core/session/session-row.ts'
import { pendingOf } from '../core/sync/pending-of.ts'
import type { Claim } from '../core/sync/sync-state.ts'

interface Line {
  readonly pending: number
  readonly conflicts: number
  readonly isLacking: boolean
  readonly claim: Claim | undefined
}

export interface Claimed {
  readonly session: string
  readonly claim: Claim
}

/** What all sessions together owe, kept up as their rows are seen. */
export interface Ledger {
  know(row: SessionRow): void
  forget(session: string): void
  totals(): {
    readonly pending: number
    readonly sessionsPending: number
    readonly conflicts: number
    readonly lacking: number
  }
  /** Sessions that other devices fold. */
  claims(device: string): readonly Claimed[]
}

/** @param onChanged - Called where something in it has become another. */
export function createLedger(onChanged: () => void): Ledger {
  const lines = new Map<string, Line>()
  const seen = new Map<string, Pick<SessionRow, 'birth' | 'revision'>>()
  /** Those that are folded by anybody, who are few. */
  const claimed = new Map<string, Claimed>()
  /** Kept up with every line: with thousands of sessions nobody adds them up at every append. */
  const totals = { pending: 0, sessionsPending: 0, conflicts: 0, lacking: 0 }
  const add = (line: Line, sign: 1 | -1): void => {
    totals.pending += sign * line.pending
    totals.sessionsPending += line.pending > 0 ? sign : 0
    totals.lacking += line.isLacking ? sign : 0
  }
  return {
    know(row) {
      const { sync } = row
      if (!sync || isOlder(row, seen.get(row.id))) return
      const { birth, revision } = row
      seen.set(row.id, { revision, ...(birth === undefined ? {} : { birth }) })
      const before = lines.get(row.id)
      const line: Line = {
        pending: pendingOf(row),
        conflicts: sync.conflicts,
        isLacking: sync.lacks !== undefined,
        claim: sync.claim,
      }
      if (before) add(before, -1)
      add(line, 1)
      totals.conflicts += line.conflicts - (before?.conflicts ?? 0)
      lines.set(row.id, line)
      if (sync.claim) claimed.set(row.id, { session: row.id, claim: sync.claim })
      else claimed.delete(row.id)
      if (!before || !isSame(before, line)) onChanged()
    },
    forget(session) {
      const line = lines.get(session)
      seen.delete(session)
      if (!line) return
      add(line, -1)
      lines.delete(session)
      claimed.delete(session)
      onChanged()
    },
    totals: () => ({ ...totals }),
    claims: (device) => [...claimed.values()].filter(({ claim }) => claim.device !== device),
  }
}

/** Whether a row was read before another one of the same session. */
export function isOlder(
  row: Pick<SessionRow, 'birth' | 'revision'>,
  known: Pick<SessionRow, 'birth' | 'revision'> | undefined,
): boolean {
  return known !== undefined && known.birth === row.birth && known.revision > row.revision
}

function isSame(a: Line, b: Line): boolean {
  return (
    a.pending === b.pending &&
    a.conflicts === b.conflicts &&
    a.isLacking === b.isLacking &&
    a.claim?.id === b.claim?.id
  )
}
