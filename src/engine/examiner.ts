import { probationNow } from '../core/compaction/probation.ts'
import { weighSuspicion } from '../core/compaction/weigh-suspicion.ts'
import { suspectLoss } from '../core/memory/loss-cues.ts'
import type { Examiner } from '../core/ports/examiner.ts'
import type { Searcher } from '../core/ports/searcher.ts'
import type { SessionStore } from '../core/ports/session-store.ts'
import { assembleContext } from '../core/session/assemble.ts'
import { textOf } from '../core/session/message.ts'

/** Covered messages that one suspicion is compared with. */
const MAX_COMPARED = 6

/** Examines messages by their cues, a search of the covered part, and the context as it stood. */
export function createExaminer(store: Pick<SessionStore, 'read'>, searcher: Searcher): Examiner {
  return {
    async examine({ session: id, seq }, signal) {
      const { at } = await store.read({ session: id, at: [seq] })
      const message = at[0]
      const suspicion = message && suspectLoss(message)
      if (!suspicion) return undefined
      const read = await store.read({ session: id, head: true, tail: true, pins: true })
      const { session } = read
      if (!session || !probationNow(session)) return undefined
      const held = assembleContext({ ...read, pinned: session.pins }).entries.flatMap((entry) => {
        if (entry.kind === 'digest') return [entry.text]
        return entry.message.seq < seq ? [textOf(entry.message)] : []
      })
      const query = suspicion.words.join(' ')
      const hits = await searcher.search({ session: id, query, limit: MAX_COMPARED * 4 }, signal)
      const covered = hits.filter((hit) => hit.active && hit.seq <= session.mark)
      const seqs = covered.slice(0, MAX_COMPARED).map((hit) => hit.seq)
      const found = await store.read({ session: id, at: seqs })
      return weighSuspicion(seq, suspicion, held.join('\n'), found.at)
    },
  }
}
