import { SECTIONS } from '../session/generation.ts'
import { describeSession } from '../session/describe-session.ts'
import { newSession } from '../session/new-session.ts'
import { DEFAULT_POLICY } from '../session/policy.ts'
import type { Seq } from '../session/message.ts'
import { isRow } from '../transfer/archive-rows.ts'
import { fitsSample, isTime } from '../transfer/fits-sample.ts'

type Check = (value: unknown) => boolean

/** Characters of an id that a host may have given. */
const MAX_ID = 100_000

export function isText(value: unknown, most: number = MAX_ID): value is string {
  return typeof value === 'string' && value.length <= most
}

export function isSeq(value: unknown): value is Seq {
  return Number.isSafeInteger(value) && (value as number) >= 0
}

/** Ascending positions, none twice. */
export function isSeqs(value: unknown): value is readonly Seq[] {
  return listOf(isSeq)(value) && isAscending(value as readonly Seq[])
}

function isAscending(seqs: readonly Seq[]): boolean {
  return seqs.every((seq, index) => seq > (seqs[index - 1] ?? -1))
}

function listOf(check: Check): Check {
  return (value) => Array.isArray(value) && value.every(check)
}

function oneOf(...values: readonly unknown[]): Check {
  return (value) => values.includes(value)
}

function optional(check: Check): Check {
  return (value) => value === undefined || check(value)
}

/** Whether a value has fields that pass. More fields do no harm. */
function hasFields(checks: Readonly<Record<string, Check>>): Check {
  const fields = Object.entries(checks)
  return (value) => isRow(value) && fields.every(([name, check]) => check(value[name]))
}

const isAnyText: Check = (value) => typeof value === 'string'
const isFlag: Check = (value) => typeof value === 'boolean'
const isAmount: Check = (value) => Number.isFinite(value)
const isTexts = listOf(isAnyText)

const SECTION = oneOf(...SECTIONS)
const LINE_KIND = oneOf('decision', 'command', 'change', 'error', 'slot', 'note')

const RULE = hasFields({
  id: isAnyText,
  schema: isSeq,
  kind: oneOf('rule', 'correction'),
  quote: isAnyText,
  edited: optional(isAnyText),
  sources: isSeqs,
  origin: oneOf('extracted', 'person', 'proposal'),
  status: oneOf('in-force', 'superseded', 'removed'),
  supersededBy: optional(isAnyText),
  isPinned: isFlag,
  decidedAt: optional(isSeq),
  proposal: optional(isSeq),
})

const FACT = hasFields({
  id: isAnyText,
  schema: isSeq,
  text: optional((value) => value === null || isAnyText(value)),
  found: isAnyText,
  section: SECTION,
  label: optional(isAnyText),
  kind: optional(LINE_KIND),
  sources: isSeqs,
  decidedAt: isSeq,
})

const isPayload = hasFields({ seq: isSeq, part: isSeq })

const ACTION = hasFields({
  n: isSeq,
  schema: isSeq,
  by: oneOf('model'),
  at: (value) => isTime(value),
  seq: isSeq,
  turn: isSeq,
  status: oneOf('done', 'pending', 'taken-over', 'undone'),
  undone: optional(hasFields({ by: oneOf('model', 'person'), at: (value) => isTime(value) })),
})

/** What each kind of memory action has besides. */
const ACTIONS: Readonly<Record<string, Check>> = {
  note: hasFields({ text: isAnyText }),
  'rule-proposal': hasFields({ text: isAnyText }),
  pin: hasFields({ seqs: isSeqs, tokens: isAmount }),
  unpin: hasFields({ seqs: isSeqs }),
  archive: hasFields({ upTo: optional(isSeq), payloads: listOf(isPayload) }),
}

function isAction(value: unknown): boolean {
  const kind = isRow(value) ? value['kind'] : undefined
  if (typeof kind !== 'string' || !Object.hasOwn(ACTIONS, kind)) return false
  return ACTION(value) && ACTIONS[kind]?.(value) === true
}

const isScalar: Check = (value) =>
  value === null || ['string', 'number', 'boolean'].includes(typeof value)

/** What each piece of an argument of a pad has besides. */
const PIECES: Readonly<Record<string, Check>> = {
  constant: hasFields({ value: isScalar }),
  parameter: hasFields({ name: isAnyText }),
  result: hasFields({ step: isSeq, path: isAnyText }),
  argument: hasFields({ step: isSeq, path: isAnyText }),
  artifact: hasFields({
    artifact: isAnyText,
    length: isSeq,
    seq: optional(isSeq),
    part: optional(isSeq),
  }),
  secret: () => true,
}

function isPiece(value: unknown): boolean {
  const from = isRow(value) ? value['from'] : undefined
  return typeof from === 'string' && Object.hasOwn(PIECES, from) && PIECES[from]?.(value) === true
}

const PAD = hasFields({
  n: isSeq,
  schema: isSeq,
  name: isAnyText,
  shape: isAnyText,
  origin: oneOf('extracted', 'imported'),
  isNamed: isFlag,
  isEdited: isFlag,
  isDeleted: isFlag,
  goal: isAnyText,
  terms: isTexts,
  params: listOf(
    hasFields({
      name: isAnyText,
      origin: oneOf('request', 'varies'),
      examples: isTexts,
      spans: listOf(hasFields({ seq: isSeq, from: isSeq, to: isSeq })),
    }),
  ),
  steps: listOf(
    hasFields({
      tool: isAnyText,
      does: oneOf('read', 'change', 'command'),
      arguments: listOf(hasFields({ path: isAnyText, pieces: listOf(isPiece) })),
    }),
  ),
  preconditions: isTexts,
  outcome: isAnyText,
  sources: isSeqs,
  runs: isSeqs,
  uses: isSeq,
  successes: isSeq,
  failures: isSeq,
  failedInARow: isSeq,
})

const TABLES: Readonly<Record<string, Check>> = {
  rules: RULE,
  facts: FACT,
  notes: isAction,
  pads: PAD,
}

/** Whether a value is a row of a table, as devices tell each other of it. */
export function isTableRow(table: unknown, row: unknown): boolean {
  const isKnown = typeof table === 'string' && Object.hasOwn(TABLES, table)
  return isKnown && TABLES[table]?.(row) === true
}

/** Whether a value is details, within the bounds of those that somebody gives. */
export function isDetails(value: unknown): boolean {
  if (!fitsSample(value, { title: '', tags: [], archived: true, host: {} })) return false
  try {
    describeSession(newSession('details', DEFAULT_POLICY, 0), value as object)
    return true
  } catch {
    return false
  }
}

const LINE = hasFields({
  id: isAnyText,
  section: SECTION,
  text: isAnyText,
  sources: (value) => isSeqs(value) && value.length > 0,
  tokens: isAmount,
  salience: isAmount,
  artifact: optional(isAnyText),
  label: optional(isAnyText),
  origin: optional(isAnyText),
  place: optional(isAmount),
  marks: optional(isTexts),
  replaces: optional(isTexts),
  kind: optional(LINE_KIND),
  former: optional(listOf(hasFields({ text: isAnyText, seq: isSeq }))),
})

const STUB = hasFields({
  seq: isSeq,
  part: isSeq,
  artifact: isAnyText,
  text: isAnyText,
  tokensBefore: isAmount,
  tokens: isAmount,
})

const CHECK_RESULT = hasFields({
  name: isAnyText,
  outcome: oneOf('passed', 'mended', 'failed'),
  detail: isAnyText,
})

/** Whether a value is a generation, as devices tell each other of it. */
export const isGeneration: Check = hasFields({
  schema: isSeq,
  mark: (value) => isSeq(value) && value > 0,
  digest: listOf(LINE),
  digestTokens: isAmount,
  stubs: listOf(STUB),
  coverage: isAnyText,
  covered: isSeq,
  tokensBefore: isAmount,
  tokensAfter: isAmount,
  categoriesAfter: (value) =>
    fitsSample(value, { pinned: 0, digest: 0, user: 0, assistant: 0, tools: 0 }),
  summariser: isAnyText,
  checks: listOf(CHECK_RESULT),
  rulesLeftOut: optional(isTexts),
  createdAt: (value) => isTime(value),
  appliedAt: optional((value) => isTime(value)),
})
