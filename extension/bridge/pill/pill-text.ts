import type { GaugeState } from '../../wire/bridge-wire.ts'

/** What the pill shows: how full a chat is, or that nothing is known. */
export type PillLevel = GaugeState['level'] | 'unknown'

/** All that the pill says, in one language. */
export interface PillLabels {
  readonly percent: (percent: number) => string
  readonly unknownPercent: string
  /** What it is called for people who hear the page. */
  readonly name: (said: { readonly percent: number | null; readonly sentence: string }) => string
  readonly levels: Readonly<Record<PillLevel, string>>
  readonly folding: string
  readonly tokens: (tokens: string, window: string) => string
  readonly overhead: (tokens: string) => string
  readonly windowFrom: Readonly<Record<GaugeState['windowFrom'], string>>
  readonly folded: (tokens: string) => string
  readonly how: string
  readonly details: string
  readonly open: string
  readonly openByHand: string
  readonly hide: string
}

const ENGLISH: PillLabels = {
  percent: (percent) => `${percent}%`,
  unknownPercent: '–',
  name: ({ percent, sentence }) =>
    percent === null ? `Backfold. ${sentence}` : `Backfold: ${percent}% full. ${sentence}`,
  levels: {
    unknown: 'Nothing is known of this chat yet.',
    ok: 'There is room enough.',
    warn: 'The context is filling up.',
    urgent: 'The context is nearly full.',
    over: 'The context is over its window: the model no longer sees all of it.',
  },
  folding: 'Folding in the background.',
  tokens: (tokens, window) => `${tokens} of ${window} tokens`,
  overhead: (tokens) => `About ${tokens} of them are the site’s own instructions.`,
  windowFrom: {
    person: 'Window: as you set it.',
    server: 'Window: as the server told it.',
    known: 'Window: as known for this model.',
    assumed: 'Window: assumed.',
  },
  folded: (tokens) => `Folded: ${tokens} tokens.`,
  how: 'Click to open Backfold. Right-click for details. Drag or use the arrow keys to move.',
  details: 'Context of this chat',
  open: 'Open panel',
  openByHand: 'The sidebar opens by Backfold’s button in the toolbar.',
  hide: 'Hide here',
}

/** The words in a language; English where there are none. */
export function pillLabels(_locale: string): PillLabels {
  return ENGLISH
}

/** A gauge as the pill shows it. */
export interface PillView {
  readonly level: PillLevel
  /** Whole percent of the window, 0 to 999; null where nothing is known. */
  readonly percent: number | null
  readonly isFolding: boolean
  readonly name: string
  readonly sentence: string
  /** Lines of the details, the count first; none where nothing is known. */
  readonly lines: readonly string[]
}

const MAX_PERCENT = 999

/**
 * What is shown of a gauge. Total: a gauge that makes no sense is one of which nothing is known.
 *
 * @see SPEC.md rules PILL1, PILL2
 */
export function describeGauge(gauge: GaugeState | null, labels: PillLabels): PillView {
  const isKnown =
    gauge !== null && isCount(gauge.tokens) && isCount(gauge.window) && gauge.window > 0
  const percent = isKnown
    ? Math.min(Math.round((100 * gauge.tokens) / gauge.window), MAX_PERCENT)
    : null
  const level = isKnown && Object.hasOwn(labels.levels, gauge.level) ? gauge.level : 'unknown'
  const isFolding = gauge?.isFolding === true
  const sentence = labels.levels[level] + (isFolding ? ` ${labels.folding}` : '')
  const lines: string[] = []
  if (isKnown) {
    lines.push(labels.tokens(grouped(gauge.tokens), grouped(gauge.window)))
    if (isCount(gauge.overhead) && gauge.overhead > 0) {
      lines.push(labels.overhead(grouped(gauge.overhead)))
    }
    lines.push(labels.windowFrom[gauge.windowFrom])
    if (gauge.folded !== null && isCount(gauge.folded)) {
      lines.push(labels.folded(grouped(gauge.folded)))
    }
  }
  return { level, percent, isFolding, name: labels.name({ percent, sentence }), sentence, lines }
}

function isCount(value: number): boolean {
  return Number.isFinite(value) && value >= 0
}

function grouped(count: number): string {
  return Math.round(count).toLocaleString('en-US')
}
