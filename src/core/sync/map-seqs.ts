import type { FactOverride } from '../memory/facts/fact-override.ts'
import type { MemoryAction } from '../memory/memory-action.ts'
import type { Pad, PadPiece } from '../memory/pads/pad.ts'
import type { RuleRow } from '../memory/vault/rule-row.ts'
import type { Generation } from '../session/generation.ts'
import type { Seq } from '../session/message.ts'
import type { SessionRow } from '../session/session-row.ts'

/** Where a message stands by now. */
export type MapSeq = (seq: Seq) => Seq

/** A rule with other positions. */
export function mapRule(row: RuleRow, map: MapSeq): RuleRow {
  return { ...row, sources: mapList(row.sources, map), ...mapDecided(row, map) }
}

/** What a person made of a fact, with other positions. */
export function mapFact(row: FactOverride, map: MapSeq): FactOverride {
  return { ...row, sources: mapList(row.sources, map), decidedAt: map(row.decidedAt) }
}

/** A memory action with other positions. */
export function mapAction(row: MemoryAction, map: MapSeq): MemoryAction {
  const seq = map(row.seq)
  switch (row.kind) {
    case 'note':
    case 'rule-proposal':
      return { ...row, seq }
    case 'pin':
    case 'unpin':
      return { ...row, seq, seqs: mapList(row.seqs, map) }
    case 'archive':
      return {
        ...row,
        seq,
        ...(row.upTo === undefined ? {} : { upTo: map(row.upTo) }),
        payloads: row.payloads.map((one) => ({ ...one, seq: map(one.seq) })),
      }
  }
}

/** An action pad with other positions. */
export function mapPad(row: Pad, map: MapSeq): Pad {
  const mapPiece = (piece: PadPiece): PadPiece =>
    piece.from === 'artifact' && piece.seq !== undefined ? { ...piece, seq: map(piece.seq) } : piece
  return {
    ...row,
    sources: mapList(row.sources, map),
    runs: mapList(row.runs, map),
    params: row.params.map((param) => ({
      ...param,
      spans: param.spans.map((span) => ({ ...span, seq: map(span.seq) })),
    })),
    steps: row.steps.map((step) => ({
      ...step,
      arguments: step.arguments.map(({ path, pieces }) => ({ path, pieces: pieces.map(mapPiece) })),
    })),
  }
}

/** A generation whose stubs are of other positions. What it covers has kept its places. */
export function mapGeneration(row: Generation, map: MapSeq): Generation {
  return { ...row, stubs: row.stubs.map((stub) => ({ ...stub, seq: map(stub.seq) })) }
}

/** What a session's row says of single messages, besides its pins. */
export function mapSession(
  row: SessionRow,
  map: MapSeq,
): Partial<Pick<SessionRow, 'unpinAtTurn' | 'recalled' | 'probation'>> {
  const { unpinAtTurn, recalled, probation } = row
  return {
    ...(unpinAtTurn && { unpinAtTurn: mapList(unpinAtTurn, map) }),
    ...(recalled && {
      recalled: {
        after: map(recalled.after),
        passages: recalled.passages.map((one) => ({ ...one, seq: map(one.seq) })),
      },
    }),
    ...(probation && {
      probation: {
        ...probation,
        evidence: probation.evidence.map((one) => ({
          ...one,
          seq: map(one.seq),
          covered: mapList(one.covered, map),
        })),
      },
    }),
  }
}

/** The newest message that a row names; 0 if it names none. */
export function newestNamed<Row>(row: Row, mapRow: (row: Row, map: MapSeq) => Row): Seq {
  let newest = 0
  mapRow(row, (seq) => {
    newest = Math.max(newest, seq)
    return seq
  })
  return newest
}

function mapList(seqs: readonly Seq[], map: MapSeq): readonly Seq[] {
  return [...new Set(seqs.map(map))].toSorted((a, b) => a - b)
}

function mapDecided({ decidedAt }: RuleRow, map: MapSeq): Partial<RuleRow> {
  return decidedAt === undefined ? {} : { decidedAt: map(decidedAt) }
}
