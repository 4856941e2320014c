import type { Snapshotted } from '../ports/session-store.ts'
import { openActions } from './memory-action.ts'

/**
 * What is stored, as a model reads it, the newest first: its notes and proposals, its pins, what it archived, and
 * the payloads that the digest names.
 *
 * @param read - With `head` and `notes: 'all'`.
 * @param kind - Only this kind.
 * @see SPEC.md rule MEM8
 */
export function listMemory({ session, head, notes }: Snapshotted, kind?: string): string {
  const lists: Readonly<Record<string, readonly string[]>> = {
    notes: openActions(notes, 'note').map(({ n, text }) => `action ${n}: ${text}`),
    rules: openActions(notes, 'rule-proposal').map(
      ({ n, text }) => `action ${n}, not in force: ${text}`,
    ),
    pins: openActions(notes, 'pin').map(
      ({ n, seqs, tokens }) => `action ${n}: messages ${seqs.join(', ')} (${tokens} tokens)`,
    ),
    archives: openActions(notes, 'archive').map(({ n, upTo, payloads, status }) => {
      const what =
        upTo === undefined
          ? payloads.map(({ seq, part }) => `message ${seq} part ${part}`).join(', ')
          : `up to message ${upTo}`
      return `action ${n}: ${what}${status === 'pending' ? ' (with the next fold)' : ''}`
    }),
    payloads: (head?.digest ?? []).flatMap(({ artifact, text }) =>
      artifact === undefined ? [] : [text],
    ),
  }
  const shown = kind === undefined ? Object.keys(lists) : [kind]
  const newest = (session?.nextSeq ?? 1) - 1
  const state = `${newest} messages are stored; those up to ${session?.mark ?? 0} are folded.`
  return [
    state,
    ...shown.flatMap((name) => {
      const lines = lists[name] ?? []
      return [`## ${name} (${lines.length})`, ...lines.toReversed().map((line) => `- ${line}`)]
    }),
  ].join('\n')
}
