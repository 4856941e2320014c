import type { Draft, Role } from '../../core/session/message.ts'
import { textOf } from '../../core/session/message.ts'
import { isJsonObject } from '../copy-json.ts'
import { quoteId, type Flag, type FlagKind } from './history-findings.ts'
import { findInlineMedia } from './inline-media.ts'
import { isSameContent, type Placed } from './leave-out-copies.ts'
import type { Repaired } from './repair-exchanges.ts'
import { isControlPrompt, readSummary, type SummaryState } from './recognise-summary.ts'

/**
 * Points out what may be wrong in a history but can't be told from what somebody meant. Of what may
 * come thousands of times, the first place is named, with their number.
 *
 * @param repaired - The same history with everything in its place, for what depends on neighbours.
 * @see SPEC.md rules HEAL11–HEAL13
 */
export function flagHistory(
  history: readonly Placed[],
  repaired: readonly Repaired[],
): readonly Flag[] {
  return [
    ...history.flatMap(flagMessage),
    ...flagAlike(history),
    ...flagBeginning(repaired),
    ...flagOnce('system-again', placesOf(history, isFurtherSystem), (n) =>
      n === 1
        ? 'A further system message stands here; it was left in its place.'
        : `${n} further system messages stand in the history, the first one here.`,
    ),
    ...flagOnce('same-role', placesOf(repaired, isSameRole), (n) =>
      n === 1
        ? 'The message before is of the same role; the Messages API gets them as one.'
        : `${n} messages follow one of the same role, the first one here.`,
    ),
    ...flagOnce('time-backwards', placesBackInTime(history), (n) =>
      n === 1
        ? 'The message is older than one before it; the order was left as it is.'
        : `${n} messages are older than one before them, the first one here; the order was left.`,
    ),
    ...flagMedia(history),
  ]
}

const SUMMARY_FLAGS: Readonly<Record<Exclude<SummaryState, 'whole'>, readonly [FlagKind, string]>> =
  {
    torn: ['summary-torn', 'The message is a summary that breaks off.'],
    failed: ['summary-failed', 'The message is an error that stands where a summary belongs.'],
    empty: ['summary-empty', 'The message announces a summary and holds none.'],
  }

function flagMessage({ draft, at }: Placed): readonly Flag[] {
  const found: (readonly [FlagKind, string])[] = unreadableArguments(draft).map((id) => [
    'arguments-unreadable',
    `The arguments of call ${quoteId(id)} are not JSON; they are kept as text.`,
  ])
  const text = draft.role === 'tool' ? '' : textOf({ parts: draft.parts.filter(isText) })
  const summary = readSummary(text)
  if (summary !== null && summary !== 'whole') found.push(SUMMARY_FLAGS[summary])
  if (draft.role === 'user' && summary !== null) {
    found.push(['summary-as-user', 'The message is a summary in the role of the user.'])
  } else if (draft.role === 'user' && isControlPrompt(text)) {
    found.push(['control-prompt', 'The message asks for a summary, in the role of the user.'])
  }
  return found.map(([kind, detail]) => ({ kind, at, detail }))
}

function isText(part: Draft['parts'][number]): boolean {
  return part.type === 'text'
}

/** Ids of calls whose arguments can't be parsed. Of a custom tool they need not be JSON. */
function unreadableArguments({ parts, wire }: Draft): readonly string[] {
  const calls = parts.filter((part) => part.type === 'tool-call')
  const written = isJsonObject(wire?.value) ? wire.value['tool_calls'] : undefined
  return calls.flatMap(({ callId, input }, i) => {
    const call: unknown = Array.isArray(written) ? written[i] : undefined
    const free = isJsonObject(call) && isJsonObject(call['custom'])
    return free || input.trim() === '' || isJson(input) ? [] : [callId]
  })
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}

/** The same words again may be meant, such as a second "go on", or a message that was sent twice. */
function flagAlike(history: readonly Placed[]): readonly Flag[] {
  return history.flatMap(({ draft, at }, i): readonly Flag[] => {
    const before = history[i - 1]?.draft
    if (before === undefined || draft.role === 'tool' || !isSameContent(before, draft)) return []
    const detail = 'The message before says the same; both are kept.'
    return [{ kind: 'message-alike', at, detail }]
  })
}

function flagBeginning(history: readonly Placed[]): readonly Flag[] {
  const first = history.find(({ draft }) => draft.role !== 'system')
  if (first === undefined || first.draft.role === 'user') return []
  const who = first.draft.role === 'tool' ? 'a tool' : 'the assistant'
  const detail = `The history begins with ${who}; the Messages API gets a short message before it.`
  return [{ kind: 'begins-without-user', at: first.at, detail }]
}

function isFurtherSystem({ draft }: Placed, before: readonly Placed[]): boolean {
  return draft.role === 'system' && before.length > 0
}

function isSameRole({ draft, isNew }: Repaired, [before]: readonly Repaired[]): boolean {
  const speaks: readonly Role[] = ['user', 'assistant']
  return (
    !isNew &&
    before?.draft.role === draft.role &&
    before.draft.name === draft.name &&
    speaks.includes(draft.role)
  )
}

/** Indexes of messages for which a test holds that sees the message before, if there is one. */
function placesOf<T extends Placed>(
  history: readonly T[],
  test: (placed: T, before: readonly T[]) => boolean,
): readonly number[] {
  return history.flatMap((placed, i) => {
    const before = history[i - 1]
    return test(placed, before === undefined ? [] : [before]) ? [placed.at] : []
  })
}

function placesBackInTime(history: readonly Placed[]): readonly number[] {
  let newest = -Infinity
  return history.flatMap(({ draft, at }) => {
    const time = draft.at ?? newest
    const back = time < newest
    newest = Math.max(newest, time)
    return back ? [at] : []
  })
}

function flagMedia(history: readonly Placed[]): readonly Flag[] {
  const media = history.flatMap(({ draft, at }) =>
    findInlineMedia(draft).map((data) => ({ data, at })),
  )
  const [first] = media
  if (first === undefined) return []
  const bytes = media.reduce((sum, { data }) => sum + Math.floor(data.length * 0.75), 0)
  const again = media.length - new Set(media.map(({ data }) => data)).size
  const repeated = again === 0 ? '' : `, ${again} of them more than once`
  const what = media.length === 1 ? '1 image or file is' : `${media.length} images or files are`
  const detail = `${what} carried as base64 data, ${Math.ceil(bytes / 1024)} kB in all${repeated}.`
  return [{ kind: 'media-inline', at: first.at, detail }]
}

function flagOnce(
  kind: FlagKind,
  places: readonly number[],
  describe: (count: number) => string,
): readonly Flag[] {
  const [at] = places
  return at === undefined ? [] : [{ kind, at, detail: describe(places.length) }]
}
