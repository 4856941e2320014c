import { changePads, type PadChange } from '../core/memory/pads/change-pads.ts'
import { extractPads } from '../core/memory/pads/extract-pads.ts'
import { findPads, isDemoted, isOffered } from '../core/memory/pads/find-pads.ts'
import { mergeRuns } from '../core/memory/pads/merge-runs.ts'
import type { Pad } from '../core/memory/pads/pad.ts'
import { writePadFile } from '../core/memory/pads/parse-pads.ts'
import { writePad, writePadLine } from '../core/memory/pads/write-pad.ts'
import { BackfoldError } from '../core/backfold-error.ts'
import type { ToolValues } from '../core/memory/tool-arguments.ts'
import type { QuoteSource } from '../core/memory/tool-result.ts'
import type { PadCommand, PadEntry, PadsResult } from '../protocol/pads.ts'
import { readStretches } from './read-stretches.ts'
import type { SessionCell } from './session-cell.ts'

/** Longest goal that pads are looked for by. */
const MAX_GOAL_LENGTH = 10_000
/** Pads offered beside the hits of a search. */
const MAX_OFFERED = 2
/** Pads named behind the one that is shown whole. */
const MAX_NAMED = 4

type PadCell = Pick<SessionCell, 'id' | 'ports'>

/**
 * The pads of a session as of now: those stored, with what came of them in the messages that no fold covers yet. So
 * a pad that failed a moment ago is demoted at once, and is not counted twice when those messages are folded.
 *
 * @see SPEC.md rule PAD7
 */
async function readPads({ id, ports }: PadCell): Promise<readonly Pad[]> {
  const { pads } = await ports.store.read({ session: id, pads: 'all' })
  if (pads.length === 0) return pads
  const { tail } = await ports.store.read({ session: id, tail: true })
  const newest = tail.at(-1)
  const messages = newest ? await readStretches(ports.store, id, tail, newest.seq) : tail
  return mergeRuns(id, pads, extractPads(messages), false).pads
}

/**
 * Carries out what a person asks about action pads.
 *
 * @throws BackfoldError `INVALID_INPUT` for what is refused, `SESSION_NOT_FOUND` for a pad that is not there.
 * @see SPEC.md rules PAD9–PAD11
 */
export async function runPadCommand(cell: PadCell, command: PadCommand): Promise<PadsResult> {
  if (typeof command !== 'object' || command === null) throw invalid('pads takes a command')
  switch (command.kind) {
    case 'list':
      return { pads: (await shownPads(cell)).map(describePad) }
    case 'find': {
      const found = findPads(await readPads(cell), goalOf(command.goal))
      return { pads: found.map(({ pad }) => describePad(pad)) }
    }
    case 'export': {
      const pads = await shownPads(cell)
      const wanted: readonly number[] = command.pads ?? pads.map(({ n }) => n)
      const isList: boolean = Array.isArray(wanted)
      if (!isList) throw invalid('an export takes a list of numbers of pads')
      const chosen = wanted.map((n) => pads.find((pad) => pad.n === n) ?? missing(n))
      return { pads: chosen.map(describePad), json: writePadFile(chosen) }
    }
    case 'rename':
    case 'edit':
    case 'delete':
    case 'import':
      return change(cell, command)
    default:
      throw invalid('there is no such command for pads')
  }
}

async function change(cell: PadCell, command: PadChange): Promise<PadsResult> {
  const session = cell.id
  const outcome = await cell.ports.store.commit(
    { session, pads: 'all', writes: ['pads'] },
    (read) => changePads(read, session, command),
  )
  if (outcome.kind !== 'done') {
    const code = outcome.kind === 'missing' ? 'SESSION_NOT_FOUND' : 'INVALID_INPUT'
    throw new BackfoldError(code, outcome.reason)
  }
  const pads = await shownPads(cell)
  return { pads: pads.filter(({ n }) => outcome.changed.includes(n)).map(describePad) }
}

/**
 * What `recall_pad` brings back: a pad by its number, or the one that fits a goal best with others named behind it.
 *
 * @throws BackfoldError `INVALID_INPUT`, `SESSION_NOT_FOUND`
 * @see SPEC.md rules PAD8, PAD9
 */
export async function recallPad(cell: PadCell, values: ToolValues): Promise<QuoteSource> {
  const { pad: number, goal } = values
  if ((number === undefined) === (goal === undefined)) {
    throw invalid('recall_pad needs pad, or goal')
  }
  if (number !== undefined) {
    const pad = (await shownPads(cell)).find(({ n }) => n === number)
    return { text: writePad(pad ?? missing(Number(number))), note: NOTE }
  }
  const [best, ...others] = findPads(await readPads(cell), goalOf(goal))
  if (!best) return { text: '(no pad fits)', note: 'try other words for the goal' }
  const named = others.slice(0, MAX_NAMED).map(({ pad }) => writePadLine(pad))
  const text = [writePad(best.pad), ...(named.length > 0 ? ['Others:', ...named] : [])].join('\n')
  return { text, note: NOTE }
}

const NOTE = 'how it was done before: look whether it still fits, and put in your own values'

/**
 * The pads to be named beside the hits of a search, one line each; empty if none fits clearly.
 *
 * @see SPEC.md rule PAD8
 */
export async function offeredPads(cell: PadCell, query: string): Promise<string> {
  const { pads } = await cell.ports.store.read({ session: cell.id, pads: 'all' })
  const goal = query.slice(0, MAX_GOAL_LENGTH)
  // What became of them lately is looked up only where one may be offered at all.
  if (!findPads(pads, goal).some(isOffered)) return ''
  const offered = findPads(await readPads(cell), goal)
    .filter(isOffered)
    .slice(0, MAX_OFFERED)
  return offered.map(({ pad }) => `${writePadLine(pad)} – recall_pad shows it`).join('\n')
}

async function shownPads(cell: PadCell): Promise<readonly Pad[]> {
  return (await readPads(cell)).filter(({ isDeleted }) => !isDeleted)
}

function describePad(pad: Pad): PadEntry {
  const { session: _s, schema: _v, shape: _h, isDeleted: _d, runs: _r, ...entry } = pad
  return { ...entry, isDemoted: isDemoted(pad), text: writePad(pad) }
}

function goalOf(goal: unknown): string {
  if (typeof goal !== 'string' || goal.trim() === '') throw invalid('a goal must be a text')
  return goal.slice(0, MAX_GOAL_LENGTH)
}

function missing(n: number): never {
  throw new BackfoldError('SESSION_NOT_FOUND', `there is no pad ${String(n).slice(0, 40)}`)
}

function invalid(reason: string): BackfoldError {
  return new BackfoldError('INVALID_INPUT', reason)
}
