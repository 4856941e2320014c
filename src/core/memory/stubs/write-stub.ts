import { groupDigits } from '../group-digits.ts'
import { describePayload } from './describe-payload.ts'
import { quoteLabel, quoteLine } from './quote-line.ts'
import { plural, row, type ShapeRow } from './shape.ts'

/** What a stub says about the payload besides its shape. */
export interface StubRequest {
  /** What it was, such as `read_file src/app.ts`. */
  readonly label: string
  /** Hash of the artifact, where the payload was stored as one. */
  readonly artifact?: string
  readonly seq: number
  /** Lines of the payload that later messages used, most useful first. They are shown before all else. */
  readonly used?: readonly string[]
  /** Where the same was read before: what is new since. */
  readonly change?: PayloadChange
  /**
   * Characters for what is shown of the payload, 80 to 8,000. Default a quarter of the payload, 200 to
   * {@link STUB_BUDGET}.
   */
  readonly budget?: number
}

/** How a payload differs from an earlier reading of the same. */
export interface PayloadChange {
  /** Message that holds the earlier reading. */
  readonly since: number
  readonly added: number
  readonly removed: number
  /** Lines that are as they were. */
  readonly kept: number
  /** Changed lines, each with its sign and number. */
  readonly lines: readonly string[]
}

/** Characters that a stub shows of a large payload, unless told otherwise. */
const STUB_BUDGET = 600
/** Of a small one it shows less: a stub is there to save room. */
const SMALL_BUDGET = 200
const BUDGET_SHARE = 0.25
const LEAST_BUDGET = 80
const MOST_BUDGET = 8_000

/** Share of the budget that used and changed lines may take together. */
const USED_SHARE = 0.6
const MAX_ROW_LENGTH = 200
/** A shorter piece of a row says nothing. */
const LEAST_ROW_LENGTH = 24
const MAX_LABEL_LENGTH = 160

/**
 * Writes the short text that is left where a payload was moved out: what it was, its size and shape, the
 * lines of it that later messages used, what else fits it best, and how to recall it.
 *
 * Total, linear in the payload, and never longer than it. Everything quoted stands on a line of its own
 * behind a bar, so that no payload can write a frame of its own.
 *
 * @see SPEC.md rules STUB2–STUB6
 */
export function writeStub(payload: string, request: StubRequest): string {
  const { summary, rows } = describePayload(payload, request.label)
  const frame = writeFrame(payload, summary, request)
  const spare = payload.length - frame.length - 1
  if (spare < 0) return barePointer(payload, request)
  const budget = Math.min(request.budget ?? usualBudget(payload), MOST_BUDGET)
  const room = Math.min(Math.max(LEAST_BUDGET, budget), spare)
  const shown = fillRows(firstRows(request, room), rows, room)
  return [frame, ...shown].join('\n')
}

function usualBudget(payload: string): number {
  return Math.min(STUB_BUDGET, Math.max(SMALL_BUDGET, Math.floor(payload.length * BUDGET_SHARE)))
}

/** What the payload was and how to recall it, in one line between brackets. */
function writeFrame(payload: string, summary: string, request: StubRequest): string {
  const { label, artifact, seq, change } = request
  const size = `${groupDigits(payload.length)} characters`
  const shape = quoteLabel(summary, 240)
  const newer = change
    ? ` Newer reading of message ${change.since}: ${plural(change.added, 'line')} added, ${change.removed} removed since.`
    : ''
  const where = artifact ? ` or artifact ${artifact.slice(0, 12)}` : ''
  return (
    `[${quoteLabel(label, MAX_LABEL_LENGTH)}: moved out of context (${size}; ${shape}).${newer} ` +
    `The whole is stored: recall message ${seq}${where}.]`
  )
}

function barePointer(payload: string, { seq, artifact }: StubRequest): string {
  const where = artifact ? ` or artifact ${artifact.slice(0, 12)}` : ''
  const texts = [`[recall message ${seq}${where}]`, `[recall message ${seq}]`, `[#${seq}]`]
  return texts.find(({ length }) => length <= payload.length) ?? ''
}

/** What the future showed to matter comes before what only looks as if it did. */
function firstRows({ used = [], change }: StubRequest, budget: number): readonly ShapeRow[] {
  const rows: ShapeRow[] = []
  let room = budget * USED_SHARE
  const add = (heading: string, lines: readonly string[], worth: number): void => {
    const own: ShapeRow[] = []
    for (const line of lines) {
      const text = quoteLine(line, MAX_ROW_LENGTH)
      if (text === '' || text.length + 4 > room) continue
      room -= text.length + 4
      own.push(row(text, worth))
    }
    if (own.length > 0) rows.push(row(heading, worth + 1), ...own)
  }
  add('used later:', used, 900)
  add('changed since:', change?.lines ?? [], 800)
  return rows
}

/**
 * Chooses the rows that are worth most until the budget is used up, and gives them in their order.
 * A row that only just does not fit is shortened.
 */
function fillRows(
  first: readonly ShapeRow[],
  shape: readonly ShapeRow[],
  budget: number,
): readonly string[] {
  const known = new Set<string>()
  const rows = [...first, ...shape].flatMap(({ text, worth }) => {
    const quoted = quoteLine(text, MAX_ROW_LENGTH)
    if (quoted === '' || known.has(quoted)) return []
    known.add(quoted)
    return [{ text: quoted, worth }]
  })
  const chosen = new Map<number, string>()
  const order = rows.map((_, index) => index)
  order.sort((a, b) => (rows[b]?.worth ?? 0) - (rows[a]?.worth ?? 0) || a - b)
  let room = budget
  for (const index of order) {
    // The bar, the space and the line break before each row.
    const own = room - 3
    if (own < LEAST_ROW_LENGTH) break
    const text = quoteLine(rows[index]?.text ?? '', own)
    chosen.set(index, text)
    room -= text.length + 3
  }
  return rows.flatMap((_, index) => {
    const text = chosen.get(index)
    return text === undefined ? [] : [`| ${text}`]
  })
}
