import type { RemoteEntry } from '../../../src/core/ports/remote-log.ts'
import type { RemoteLogModel } from '../../support/remote-log-model.ts'
import { parse } from './said.ts'

/**
 * Tells which entries may get lost so that it is noticed: messages that a later entry of their session names as stored before
 * it, and that is not gone, as long as the session was not deleted in between.
 */
export function watchBursts(server: Pick<RemoteLogModel, 'whole'>): RemoteLogModel['mayLose'] {
  /** Positions of the entries that name one, by its own. */
  const namers = new Map<number, number[]>()
  const named = new Map<number, readonly number[]>()
  const deletions = new Map<string, number>()
  let seen = 0
  const look = (entry: RemoteEntry): void => {
    const record = parse(entry)
    if (!record) return
    const { prev = [], session } = record
    if (record.kind === 'deleted') deletions.set(session, entry.position)
    const positions = prev.map(({ position }) => position)
    const own = positions.filter((position) => position > (deletions.get(session) ?? 0))
    named.set(entry.position, own)
    for (const position of own) {
      namers.set(position, [...(namers.get(position) ?? []), entry.position])
    }
  }
  return ({ position: lost }, isGone) => {
    for (const entry of server.whole.slice(seen)) look(entry)
    seen = server.whole.length
    const isNamed = (position: number): boolean =>
      (namers.get(position) ?? []).some((namer) => namer !== lost && !isGone(namer))
    const others = (named.get(lost) ?? []).filter((position) => isGone(position))
    return isNamed(lost) && others.every(isNamed)
  }
}
