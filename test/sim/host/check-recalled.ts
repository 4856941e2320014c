import { createHash } from 'node:crypto'
import type { RecallQuery, RecallResult } from '../../../src/protocol/requests.ts'
import { expectThat } from '../checker/invariant-error.ts'
import type { Receipts } from '../checker/receipts.ts'
import { partsText, type View } from '../checker/view.ts'

/** A recall, its answer, and what was stored when it was asked and when it was answered. */
export interface RecallCheck {
  readonly query: RecallQuery
  readonly result: RecallResult
  readonly before: View | undefined
  readonly after: View | undefined
  readonly receipts: Receipts
}

/** What was recalled is what was appended, to the byte, and nothing that was there is missing. */
export function checkRecalled(recalled: RecallCheck): void {
  const { query, result } = recalled
  if (typeof query === 'string') checkHits(query, recalled)
  else if ('artifact' in query) checkArtifact(query.artifact, result)
  else if ('from' in query) checkRange(query, recalled)
}

function checkRange(
  { from, to }: { readonly from: number; readonly to: number },
  { result, before, after, receipts }: RecallCheck,
): void {
  const found = result.kind === 'messages' ? result.messages : []
  const most = Math.min(to, after?.log.length ?? 0)
  const least = Math.min(to, before?.log.length ?? 0)
  const last = from + found.length - 1
  expectThat(last >= least && last <= Math.max(most, from - 1), () => {
    return `recall of ${from} to ${to} gave ${found.length} messages`
  })
  found.forEach((message, index) => {
    const seq = from + index
    const stored = after?.log[seq - 1]
    const sent = receipts.partsOf(message.id)
    const isSame = message.seq === seq && stored && partsText(message) === partsText(stored)
    expectThat(isSame === true && partsText(message) === sent, `recall of ${seq} gave another`)
  })
}

/** The query is a word that stands in one message only. */
function checkHits(word: string, { result, before }: RecallCheck): void {
  const hits = result.kind === 'hits' ? result.hits : []
  const holding = (before?.log ?? []).filter((message) => partsText(message).includes(word))
  const [only, ...others] = holding
  if (!only || others.length > 0) return
  expectThat(
    hits[0]?.seq === only.seq,
    `the word ${word} is in ${only.seq}, not in ${hits[0]?.seq}`,
  )
}

function checkArtifact(hash: string, result: RecallResult): void {
  const text = result.kind === 'artifact' ? result.text : ''
  const own = createHash('sha256').update(text).digest('hex')
  expectThat(own.startsWith(hash), `artifact ${hash} gave the text of ${own.slice(0, 12)}`)
}
