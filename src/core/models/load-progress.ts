/** What web-llm tells of a load: a text for people, and a fraction that starts again with each phase. */
export interface LoadReport {
  readonly text: string
  readonly progress: number
  /** Bytes that came over the network since the load began, where they are counted. */
  readonly bytes?: number
}

/** Phases of a load, in order. */
export const LOAD_PHASES = ['starting', 'downloading', 'loading', 'compiling', 'done'] as const

export type LoadPhase = (typeof LOAD_PHASES)[number]

/** How far a load is. Nothing in it ever goes back. Plain data: it crosses threads. */
export interface LoadProgress {
  readonly phase: LoadPhase
  /** Of the whole load, 0 to 1. */
  readonly fraction: number
  /** Downloaded so far. */
  readonly bytes: number
  /** About what is downloaded in the end. */
  readonly totalBytes: number
}

/** Where the fraction of a phase begins and ends within the whole: a download takes by far the longest. */
const SPANS: Readonly<Record<LoadPhase, readonly [number, number]>> = {
  starting: [0, 0],
  downloading: [0, 0.8],
  loading: [0.8, 0.9],
  compiling: [0.9, 0.99],
  done: [1, 1],
}

const PREFIXES: readonly (readonly [string, LoadPhase])[] = [
  ['Start to fetch params', 'starting'],
  ['Fetching param cache', 'downloading'],
  ['Loading model from cache', 'loading'],
  ['Loading GPU shader modules', 'compiling'],
  ['Finish loading', 'done'],
]

const MB = 2 ** 20

/** A report is one short line; a longer one is not read to its end. */
const MAX_REPORT = 300

export function startProgress(totalBytes: number): LoadProgress {
  return { phase: 'starting', fraction: 0, bytes: 0, totalBytes: Math.max(0, totalBytes) }
}

/**
 * The progress after one more report. Reports come without a phase, with fractions that start again, and after
 * a pause from the beginning: what would go back stays where it is. An unknown text changes bytes only.
 */
export function foldProgress(before: LoadProgress, report: LoadReport): LoadProgress {
  const text = report.text.slice(0, MAX_REPORT)
  const named = PREFIXES.find(([prefix]) => text.startsWith(prefix))?.[1] ?? before.phase
  // The first report of a download comes when its first file is whole: bytes tell of it earlier.
  const told = named === 'starting' && atLeastZero(report.bytes) > 0 ? 'downloading' : named
  const phase = orderOf(told) >= orderOf(before.phase) ? told : before.phase
  const bytes = Math.max(before.bytes, atLeastZero(report.bytes), fetchedBytes(text))
  const totalBytes = Math.max(before.totalBytes, bytes)
  const [from, to] = SPANS[phase]
  const part = told === phase ? clamp(report.progress) : 0
  const counted = phase === 'downloading' && totalBytes > 0 ? bytes / totalBytes : 0
  const fraction = Math.max(before.fraction, from + (to - from) * Math.max(part, counted))
  return { phase, fraction, bytes, totalBytes }
}

function orderOf(phase: LoadPhase): number {
  return LOAD_PHASES.indexOf(phase)
}

/** `Fetching param cache[3/8]: 120MB fetched. …` counts what is there already, too. */
function fetchedBytes(text: string): number {
  const megabytes = /: (\d{1,7})MB fetched/.exec(text)?.[1]
  return megabytes === undefined ? 0 : Math.max(0, Number(megabytes) - 1) * MB
}

function atLeastZero(value: number | undefined): number {
  return value !== undefined && Number.isFinite(value) && value > 0 ? value : 0
}

function clamp(value: number): number {
  return Number.isFinite(value) ? Math.min(1, Math.max(0, value)) : 0
}
