import { toAnthropic } from '../../../src/adapters/anthropic/anthropic.ts'
import { sumCategories } from '../../../src/core/session/categories.ts'
import type { Entry } from '../../../src/core/session/context.ts'
import type { ContextResult } from '../../../src/protocol/requests.ts'
import { findAnthropicFaults, findOpenAiFaults } from '../../support/legality.ts'
import { expectedContext, sumTokens, type ExpectedEntry } from './expected-context.ts'
import { expectThat, failInvariant } from './invariant-error.ts'
import { realTokens } from './real-tokens.ts'
import { isMidTurn, throughOf } from './turn-state.ts'
import { partsText, type View } from './view.ts'

/** What is told of a text by its length: the simulated tokeniser's count. */
export type CountTokens = (text: string) => number

/** Tokens of the shortest thing that may stand for a part: a pointer to its message. */
const POINTER_TOKENS = 6
/** A part of fewer tokens is never squeezed. */
const LEAST_SQUEEZED = 20

/**
 * Checks a context that a host was given against every state of the session that it may have been read
 * from: it must be one of them, to the byte, save for what had to be squeezed.
 *
 * @returns The state that it was read from.
 */
export function checkContext(
  context: ContextResult,
  views: readonly View[],
  count: CountTokens,
): View {
  checkTokens(context)
  const faults = findOpenAiFaults(context.messages)
  expectThat(faults.length === 0, `chat completions refuse it: ${faults.join('; ')}`)
  const anthropic = findAnthropicFaults(toAnthropic(context))
  expectThat(anthropic.length === 0, `the Messages API refuses it: ${anthropic.join('; ')}`)
  const found = findViews(context, views)
  // States may differ in nothing but the policy: it was read under one of them.
  const misfits = found.map((view) => findMisfit(context, view, count))
  const fitting = found[misfits.indexOf(undefined)]
  return fitting ?? failInvariant(misfits.join('; '))
}

/** What is wrong with a context's size under the policy of a state. */
function findMisfit(context: ContextResult, view: View, count: CountTokens): string | undefined {
  const expected = expectedContext(view)
  const { session } = view
  const limit = session.policy.budget.tokens * session.policy.budget.hard
  const estimated = sumTokens(expected)
  if (context.squeezed && realTokens(session, estimated) < limit) {
    return `${estimated} tokens fit into ${limit}, and were squeezed all the same`
  }
  const real = realTokens(session, context.tokens)
  if (real < limit) return undefined
  const least = expected.reduce((sum, entry) => sum + leastTokens(entry, count), 0)
  if (realTokens(session, least) >= limit) return undefined
  const shown = context.entries.map((entry) => `${seqOf(entry)}:${entry.tokens}`).join(' ')
  return `${real} tokens exceed ${limit}, and ${least} are possible: ${shown}`
}

function findViews(context: ContextResult, views: readonly View[]): readonly View[] {
  let why = 'no state of the session is of its generation and position'
  // The newest first: of states that look alike it is the likeliest.
  const found = views.toReversed().filter((view) => {
    const { head, mark } = view.session
    if (head !== context.generation || mark !== context.mark) return false
    if (throughOf(view) !== context.through) return false
    const difference = findDifference(context, expectedContext(view), view)
    if (difference !== undefined) why = difference
    return difference === undefined
  })
  if (found.length > 0) return found
  const what = `a context of generation ${context.generation} up to ${context.through}`
  return failInvariant(`${what}: ${why}`)
}

function findDifference(
  { entries, squeezed }: ContextResult,
  expected: readonly ExpectedEntry[],
  { head }: View,
): string | undefined {
  const shown = entries.map(seqOf).join()
  const wanted = expected.map(({ seq }) => seq).join()
  if (shown !== wanted) return `messages ${shown} instead of ${wanted}`
  for (const [index, entry] of entries.entries()) {
    const should = expected[index]
    if (!should) return `entry ${index} is one too many`
    if (entry.kind === 'digest') {
      if (JSON.stringify(entry.lines) !== should.text) return 'the digest has other lines'
      if (head && !holdsLines(entry)) return 'the digest does not say all its lines'
      continue
    }
    const isSame = entry.kind === should.kind && partsText(entry.message) === should.text
    if (isSame && entry.tokens === should.tokens) continue
    if (!squeezed) return `message ${should.seq} differs`
    if (!isSqueezed(entry, should)) return `message ${should.seq} was squeezed into something else`
  }
  return undefined
}

function seqOf(entry: Entry): number {
  return entry.kind === 'digest' ? 0 : entry.message.seq
}

function holdsLines({ text, lines }: Extract<Entry, { kind: 'digest' }>): boolean {
  return lines.every((line) => text.includes(line.text))
}

/** Every part as it was, or a shorter one that names the message to be recalled. */
function isSqueezed(
  { message }: Exclude<Entry, { kind: 'digest' }>,
  should: ExpectedEntry,
): boolean {
  if (message.parts.length !== should.parts.length) return false
  return message.parts.every((part, index) => {
    const whole = JSON.stringify(should.parts[index])
    const shown = JSON.stringify(part)
    return (
      shown === whole || (shown.length < whole.length && shown.includes(`message ${should.seq}`))
    )
  })
}

function checkTokens({ entries, tokens, categories }: ContextResult): void {
  const ofEntries = entries.reduce((sum, entry) => sum + entry.tokens, 0)
  const ofCategories = sumCategories(categories)
  expectThat(tokens === ofEntries && tokens === ofCategories, 'tokens do not add up')
}

function leastTokens({ tokens, parts }: ExpectedEntry, count: CountTokens): number {
  return parts.reduce((sum, part) => {
    const whole = count(textOfPart(part))
    return whole < LEAST_SQUEEZED ? sum : sum - Math.max(0, whole - POINTER_TOKENS)
  }, tokens)
}

function textOfPart(part: ExpectedEntry['parts'][number]): string {
  if (part.type === 'tool-call') return `${part.name} ${part.input}`
  if (part.type === 'tool-result') return part.output
  return 'text' in part ? part.text : ''
}

/** What a host that sends a context finds the same in the next: it may only have grown at its end. */
export interface SentContext {
  readonly view: View
  readonly messages: string
  readonly squeezed: boolean
}

/** The context as it is sent, one message a line. */
export function sentContext(context: ContextResult, view: View): SentContext {
  const messages = context.messages.map((message) => JSON.stringify(message)).join('\n')
  return { view, messages, squeezed: context.squeezed }
}

/** Within one generation what was sent at the start of a turn is the beginning of what is sent later. */
export function checkGrowth(before: SentContext, after: SentContext): void {
  const [from, to] = [before.view.session, after.view.session]
  if (before.squeezed || after.squeezed || isMidTurn(before.view)) return
  // A result that comes late still goes behind its call.
  if (hasOpenCalls(before.view)) return
  if (from.headVersion !== to.headVersion || from.pins.join() !== to.pins.join()) return
  expectThat(after.messages.startsWith(before.messages), () => {
    const at = before.messages.split('').findIndex((unit, index) => unit !== after.messages[index])
    const around = (text: string): string => text.slice(Math.max(0, at - 40), at + 80)
    return `a context changed before its end: ${around(before.messages)} → ${around(after.messages)}`
  })
}

function hasOpenCalls(view: View): boolean {
  const parts = expectedContext(view).flatMap((entry) => entry.parts)
  const answered = new Set(
    parts.flatMap((part) => (part.type === 'tool-result' ? [part.callId] : [])),
  )
  return parts.some((part) => part.type === 'tool-call' && !answered.has(part.callId))
}
