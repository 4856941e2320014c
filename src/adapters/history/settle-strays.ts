import { fingerprint } from './fingerprint.ts'
import { quoteId, type Repair } from './history-findings.ts'
import { isSamePart } from './leave-out-copies.ts'
import type { Exchange } from '../pair-results.ts'
import { wirePart } from './rework-draft.ts'
import { callIdAt, type Item } from './take-apart.ts'

type Answer = Exchange<Item>['results'][number]

/**
 * Finds a place for results that follow no open call of their id: behind a call that comes later, if
 * the id is that call's alone; nowhere, if the same result stands with its call already. The rest
 * remains without a call, those that follow each other together.
 *
 * @see SPEC.md rules HEAL7, HEAL8
 */
export function settleStrays(
  exchanges: readonly Exchange<Item>[],
  repairs: Repair[],
): readonly Exchange<Item>[] {
  return joinStrays(leaveOutAnswered(claimEarly(exchanges), repairs))
}

function claimEarly(exchanges: readonly Exchange<Item>[]): readonly Exchange<Item>[] {
  const open = findUniqueOpen(exchanges)
  const claimed = new Map<Exchange<Item>, Answer[]>()
  const others = exchanges.filter(({ speech, calls, results }) => {
    const asked = speech === null ? open.get(calls[0] ?? '') : undefined
    if (asked === undefined) return true
    open.delete(calls[0] ?? '')
    const answers = results.map(({ value }) => ({ call: asked.call, value }))
    claimed.set(asked.exchange, [...(claimed.get(asked.exchange) ?? []), ...answers])
    return false
  })
  return others.map((exchange) => {
    const early = claimed.get(exchange)
    if (early === undefined) return exchange
    const answered = new Set(early.map(({ call }) => call))
    const missing = exchange.missing.filter((call) => !answered.has(call))
    return { ...exchange, results: [...early, ...exchange.results], missing }
  })
}

/** Open calls whose id no other call has: servers that number calls anew make the rest ambiguous. */
function findUniqueOpen(
  exchanges: readonly Exchange<Item>[],
): Map<string, { readonly exchange: Exchange<Item>; readonly call: number }> {
  const times = new Map<string, number>()
  for (const { speech } of exchanges) {
    for (const part of speech?.placed.draft.parts ?? []) {
      if (part.type === 'tool-call') times.set(part.callId, (times.get(part.callId) ?? 0) + 1)
    }
  }
  const open = exchanges.flatMap((exchange) =>
    exchange.speech === null ? [] : exchange.missing.map((call) => ({ exchange, call })),
  )
  return new Map(
    open.flatMap((asked) => {
      const id = asked.exchange.calls[asked.call] ?? ''
      return times.get(id) === 1 ? [[id, asked] as const] : []
    }),
  )
}

function leaveOutAnswered(
  exchanges: readonly Exchange<Item>[],
  repairs: Repair[],
): readonly Exchange<Item>[] {
  const answers = new Map<string, Item[]>()
  const note = (id: string, item: Item): void => {
    const key = keyOf(id, item)
    const known = answers.get(key)
    if (known) known.push(item)
    else answers.set(key, [item])
  }
  for (const { speech, calls, results } of exchanges) {
    if (speech === null) continue
    for (const { call, value } of results) note(calls[call] ?? '', value)
    for (const index of speech.ownAnswers.keys()) {
      note(callIdAt(speech.placed.draft, index), { ...speech, parts: [index] })
    }
  }
  return exchanges.filter(({ speech, calls, results }) => {
    const stray = results[0]?.value
    if (speech !== null || stray === undefined) return true
    const id = calls[0] ?? ''
    if (answers.get(keyOf(id, stray))?.some((other) => isSameAnswer(other, stray)) === true) {
      const detail = `The result of call ${quoteId(id)} is stored twice; one is kept.`
      repairs.push({ kind: 'result-copied', at: stray.placed.at, detail })
      return false
    }
    note(id, stray)
    return true
  })
}

function keyOf(id: string, { placed, parts }: Item): string {
  return `${fingerprint(parts.flatMap((index) => placed.draft.parts[index] ?? []))} ${id}`
}

function isSameAnswer(a: Item, b: Item): boolean {
  const [left, right] = [a.placed.draft, b.placed.draft]
  if (a.parts.length !== b.parts.length) return false
  const same = a.parts.every((index, i) => {
    const part = left.parts[index]
    return part !== undefined && isSamePart(part, right.parts[b.parts[i] ?? -1])
  })
  return same && JSON.stringify(wireOf(a)) === JSON.stringify(wireOf(b))
}

function wireOf({ placed, parts }: Item): readonly unknown[] {
  return parts.map((index) => wirePart(placed.draft, index))
}

/** Results without a call that follow each other get their calls in one message. */
function joinStrays(exchanges: readonly Exchange<Item>[]): readonly Exchange<Item>[] {
  const joined: (Exchange<Item> & { readonly calls: string[]; readonly results: Answer[] })[] = []
  for (const exchange of exchanges) {
    const before = joined.at(-1)
    if (exchange.speech !== null || before === undefined || before.speech !== null) {
      joined.push({ ...exchange, calls: [...exchange.calls], results: [...exchange.results] })
      continue
    }
    const from = before.calls.length
    before.calls.push(...exchange.calls)
    before.results.push(
      ...exchange.results.map(({ call, value }) => ({ call: call + from, value })),
    )
  }
  return joined
}
