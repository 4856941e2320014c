/** How a summary looks that another tool has put where messages were. */
export type SummaryState = 'whole' | 'torn' | 'failed' | 'empty'

const TALK = '(?:conversation|chat|session|discussion|dialogue|transcript|history|messages|context)'

/** How tools introduce a summary. Each is tried at the start of a text. */
const LEADS: readonly RegExp[] = [
  new RegExp(
    `^(?:here is|here's|this is|below is|the following is)\\b[^.:\\n]{0,60}\\b(?:summary|recap)\\b[^.:\\n]{0,40}\\b${TALK}\\b`,
    'i',
  ),
  new RegExp(
    `^[#*[\\s]{0,8}(?:previous |earlier |prior )?${TALK}[ -](?:history )?(?:summary|recap)\\b`,
    'i',
  ),
  new RegExp(`^[#*[\\s]{0,8}(?:summary|recap) (?:of|from) (?:[a-z]+ ){0,3}${TALK}\\b`, 'i'),
  new RegExp(`^[^\\n]{0,60}\\bcontinued from (?:a|the) (?:previous|earlier|prior) ${TALK}\\b`, 'i'),
]

const TAGGED = /^<((?:[a-z]+[_-])?summary|state_snapshot)>/i

const FAILURE =
  /^[#*[\s]{0,8}(?:(?:error|failed|failure|unable|could not|couldn['’]t)\b[^\n.]{0,40}\bsummar(?:y|i[sz]\w*)\b|summary (?:generation )?(?:failed|error|unavailable))/i

/** How much of a text tells how it begins; longer texts are not read further for that. */
const HEAD_LENGTH = 400

/**
 * Tells whether a text is a summary of earlier messages, and in what state: whole, broken off in the
 * middle, an error of the summariser in its place, or nothing but its heading. Null for other texts.
 *
 * By their usual openings and closings only: good for pointing a person to it, not for changing anything.
 */
export function readSummary(text: string): SummaryState | null {
  const trimmed = text.trim()
  const head = trimmed.slice(0, HEAD_LENGTH)
  if (FAILURE.test(head)) return 'failed'
  const tag = TAGGED.exec(head)
  if (tag) return stateOfTagged(trimmed.slice(tag[0].length), `</${tag[1] ?? ''}>`)
  const lead = LEADS.map((pattern) => pattern.exec(head)?.[0]).find((found) => found !== undefined)
  if (lead === undefined) return null
  const rest = trimmed.slice(lead.length)
  const end = /[:.\n]/.exec(rest.slice(0, HEAD_LENGTH))
  return stateOf(end === null ? '' : rest.slice(end.index + 1))
}

function stateOfTagged(body: string, close: string): SummaryState {
  const end = body.toLowerCase().lastIndexOf(close.toLowerCase())
  const inside = stateOf(end < 0 ? body : body.slice(0, end))
  return inside === 'whole' && end < 0 ? 'torn' : inside
}

function stateOf(body: string): SummaryState {
  const said = body.trim()
  if (!/[\p{L}\p{N}]/u.test(said) || /^(?:none|null|undefined|n\/a)\.?$/i.test(said)) return 'empty'
  if (FAILURE.test(said.slice(0, HEAD_LENGTH))) return 'failed'
  return isBrokenOff(said) ? 'torn' : 'whole'
}

/** Whether a text ends in the middle of a sentence or of a code block. List items may end anywhere. */
function isBrokenOff(text: string): boolean {
  if ((text.split('```').length - 1) % 2 === 1) return true
  const last = text.slice(text.lastIndexOf('\n') + 1).trim()
  const isItem = /^(?:[-*+•#>|[]|\d+[.)])/.test(last) || /^[^:]{0,40}:/.test(last)
  return !isItem && /[\p{L}\p{N},;–-]$/u.test(last)
}

const ASKS: readonly RegExp[] = [
  new RegExp(`\\b(?:summari[sz]e|condense|compress|compact)\\b[^.\\n]{0,60}\\b${TALK}\\b`, 'i'),
  /\b(?:create|write|produce|provide|generate|output)\b[^.\n]{0,60}\b(?:summary|recap|observations)\b/i,
  new RegExp(
    `\\b(?:extract|record|note)\\b[^.\\n]{0,60}\\bobservations?\\b[^.\\n]{0,60}\\b${TALK}\\b`,
    'i',
  ),
]

/** What only a request for a summary says that a model is to read in place of the messages. */
const PURPOSES: readonly RegExp[] = [
  new RegExp(`\\b${TALK}\\b[^.\\n]{0,20}\\b(?:so far|above|up to (?:now|this point))\\b`, 'i'),
  /\bfuture context\b/i,
  /\b(?:next|another|new|different) (?:model|agent|assistant|llm)\b/i,
  /\b(?:losing|lose|loss of) (?:any )?(?:context|information|detail)/i,
  /\bhand-?(?:off|over)\b/i,
  /\b(?:resume|continue|continuing)\b[^.\n]{0,40}\b(?:work|task|conversation|development)\b/i,
  /\bin (?:at most |under )?\d+ (?:words|tokens)\b/i,
  /\b(?:do not|don['’]t|never) (?:call|use|invoke)\b[^.\n]{0,20}\btools?\b/i,
  /\b(?:do not|don['’]t) (?:answer|respond to|reply to|continue)\b/i,
  /\byou are (?:the|an?)\b[^.\n]{0,40}\b(?:summariser|observer|memory|compaction)\b/i,
]

/** Longer texts are read at both ends: the request stands before or behind what it is about. */
const EDGE_LENGTH = 2_000

/**
 * Tells whether a text reads like the request of a tool for a summary rather than that of a person:
 * it asks for one, and twice says something that only a tool has reason to say.
 */
export function isControlPrompt(text: string): boolean {
  const edges =
    text.length <= 2 * EDGE_LENGTH
      ? text
      : `${text.slice(0, EDGE_LENGTH)}\n${text.slice(-EDGE_LENGTH)}`
  if (!ASKS.some((pattern) => pattern.test(edges))) return false
  return PURPOSES.filter((pattern) => pattern.test(edges)).length >= 2
}
