/**
 * A text as changes to another one: ranges of the base, in UTF-16 code units, and what is new between
 * them, in order. Written as JSON: `[from, length, "new", …]`.
 */
export type Delta = readonly DeltaStep[]

/** A range copied from the base, or new text. */
export type DeltaStep =
  { readonly from: number; readonly length: number } | { readonly text: string }

/** Places in the base at which one line is looked for: a line that is everywhere says little. */
const MAX_PLACES = 8
/** Lines beyond which nothing is compared; a longer text is stored whole. */
const MAX_LINES = 400_000

/**
 * Finds the lines of a text that stand in its base, in runs as long as can be, wherever they stand.
 *
 * Linear: a start of the base and an end of it are matched by characters, and lines between them
 * through an index of the base's lines with a bounded number of places for each.
 *
 * @returns undefined for texts of more lines than are compared.
 * @see SPEC.md rules ART1, ART2
 */
export function findDelta(base: string, text: string): Delta | undefined {
  const start = toLineStart(text, commonStart(base, text))
  const most = Math.min(base.length, text.length) - start
  const end = toLineEnd(text, commonEnd(base, text, most))
  const old = splitLines(base, start, base.length - end)
  const lines = splitLines(text, start, text.length - end)
  if (!old || !lines) return undefined
  const steps: DeltaStep[] = start > 0 ? [{ from: 0, length: start }] : []
  matchLines(base, old, text, lines, steps)
  if (end > 0) steps.push({ from: base.length - end, length: end })
  return joinSteps(steps)
}

/** Puts a text together again. Undefined if the delta does not fit the base. */
export function applyDelta(base: string, delta: Delta): string | undefined {
  const pieces: string[] = []
  for (const step of delta) {
    if ('text' in step) pieces.push(step.text)
    else if (step.from < 0 || step.length < 0 || step.from + step.length > base.length) {
      return undefined
    } else pieces.push(base.slice(step.from, step.from + step.length))
  }
  return pieces.join('')
}

/** A delta as text. JSON escapes lone surrogates, which a cut between characters leaves. */
export function formatDelta(delta: Delta): string {
  const items = delta.flatMap((step): readonly (string | number)[] =>
    'text' in step ? [step.text] : [step.from, step.length],
  )
  return JSON.stringify(items)
}

/** Reads what {@link formatDelta} wrote; undefined for anything else. */
export function parseDelta(text: string): Delta | undefined {
  let items: unknown
  try {
    items = JSON.parse(text)
  } catch {
    return undefined
  }
  if (!Array.isArray(items)) return undefined
  const steps: DeltaStep[] = []
  for (let index = 0; index < items.length; index += 1) {
    const item: unknown = items[index]
    if (typeof item === 'string') steps.push({ text: item })
    else {
      index += 1
      const length: unknown = items[index]
      if (!Number.isSafeInteger(item) || !Number.isSafeInteger(length)) return undefined
      steps.push({ from: item as number, length: length as number })
    }
  }
  return steps
}

/** Walks the new lines once; each is either part of a run of the base, or new. */
function matchLines(
  base: string,
  old: readonly number[],
  text: string,
  lines: readonly number[],
  steps: DeltaStep[],
): void {
  const places = indexLines(base, old)
  const oldLine = (index: number): string => base.slice(old[index], old[index + 1])
  const newLine = (index: number): string => text.slice(lines[index], lines[index + 1])
  let expected = 0
  let fresh = lines[0] ?? 0
  let index = 0
  while (index < lines.length - 1) {
    const line = newLine(index)
    const known = places.get(line) ?? []
    const follows = expected < old.length - 1 && oldLine(expected) === line
    const place = follows ? expected : (known.find((one) => one >= expected) ?? known[0])
    if (place === undefined) {
      index += 1
      continue
    }
    let run = 1
    while (
      index + run < lines.length - 1 &&
      place + run < old.length - 1 &&
      oldLine(place + run) === newLine(index + run)
    ) {
      run += 1
    }
    const at = lines[index] ?? 0
    if (at > fresh) steps.push({ text: text.slice(fresh, at) })
    const from = old[place] ?? 0
    steps.push({ from, length: (old[place + run] ?? from) - from })
    index += run
    expected = place + run
    fresh = lines[index] ?? fresh
  }
  const last = lines.at(-1) ?? fresh
  if (last > fresh) steps.push({ text: text.slice(fresh, last) })
}

function indexLines(base: string, old: readonly number[]): ReadonlyMap<string, readonly number[]> {
  const places = new Map<string, number[]>()
  for (let index = 0; index < old.length - 1; index += 1) {
    const line = base.slice(old[index], old[index + 1])
    const known = places.get(line)
    if (!known) places.set(line, [index])
    else if (known.length < MAX_PLACES) known.push(index)
  }
  return places
}

/** Starts of the lines of a range, and its end. */
function splitLines(text: string, from: number, to: number): readonly number[] | undefined {
  const starts: number[] = [from]
  for (
    let at = text.indexOf('\n', from);
    at !== -1 && at + 1 < to;
    at = text.indexOf('\n', at + 1)
  ) {
    starts.push(at + 1)
    if (starts.length > MAX_LINES) return undefined
  }
  if (to > from) starts.push(to)
  return starts
}

function commonStart(one: string, other: string): number {
  const most = Math.min(one.length, other.length)
  let at = 0
  while (at < most && one.charCodeAt(at) === other.charCodeAt(at)) at += 1
  return at
}

function commonEnd(one: string, other: string, most: number): number {
  let at = 0
  while (
    at < most &&
    one.charCodeAt(one.length - 1 - at) === other.charCodeAt(other.length - 1 - at)
  ) {
    at += 1
  }
  return at
}

/** Changes are whole lines, unless a line is so long that it is data. */
const LONG_LINE = 2_000

function toLineStart(text: string, at: number): number {
  if (at === 0) return 0
  const start = text.lastIndexOf('\n', at - 1) + 1
  return at - start <= LONG_LINE ? start : at
}

/** Code units from the start of a line to the end of the text, at most as many as given. */
function toLineEnd(text: string, length: number): number {
  const from = text.length - length
  if (length === 0 || from === 0 || text[from - 1] === '\n') return length
  const next = text.indexOf('\n', from)
  const shorter = next === -1 ? 0 : text.length - next - 1
  return length - shorter <= LONG_LINE ? shorter : length
}

/** Ranges that follow on one another become one. */
function joinSteps(steps: readonly DeltaStep[]): Delta {
  const joined: DeltaStep[] = []
  for (const step of steps) {
    const last = joined.at(-1)
    if (last && 'from' in last && 'from' in step && last.from + last.length === step.from) {
      joined[joined.length - 1] = { from: last.from, length: last.length + step.length }
    } else joined.push(step)
  }
  return joined
}
