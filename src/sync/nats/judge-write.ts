import type { Committed, RefusalReason } from '../../core/ports/remote-log.ts'
import type { Asked } from './ask-server.ts'

/** What the server says where it stored something. */
export interface StoredAnswer {
  readonly seq?: number
}

/** What an answer to a write means; `again` where it says nothing yet. */
export type Judged = Committed | { readonly kind: 'again'; readonly why: 'busy' | 'no-batch' }

/** The server's numbers. */
const WRONG_LAST = 10_071
/** Another write to the same subject, or of the same id, is being made by the replicas: it says nothing of who comes first. */
const BUSY = 10_164
const SAME_IN_PROCESS = /^duplicate message id is in process/i
/** Some of them were stored before, the stream takes no batches, or no more of them at present: nothing of it was stored. */
const NO_BATCH = /^(?:atomic|batch) publish /i
const TOO_LARGE: readonly number[] = [10_054]
const FULL: readonly number[] = [10_002, 10_023, 10_028, 10_047, 10_077]
const UNREADY: readonly number[] = [10_008, 10_009, 10_059]

/** Judges the answer to a write. What can't be told is unsure: whoever follows finds out. */
export function judgeWrite(asked: Asked<StoredAnswer>): Judged {
  switch (asked.kind) {
    case 'answer': {
      const { seq } = asked.value
      if (seq === undefined || seq < 1) return unsure('the answer has no position')
      return { kind: 'stored', position: seq }
    }
    case 'denied':
      return refused('denied', 'These credentials may not write there.')
    case 'nobody':
      return unsure('nobody stores it at present')
    case 'silent':
      return unsure(asked.reason)
    case 'error':
      return judgeError(asked.code, asked.description)
  }
}

function judgeError(code: number, description: string): Judged {
  const detail = `The server answers: ${description}.`
  if (code === WRONG_LAST) return { kind: 'moved' }
  if (code === BUSY || SAME_IN_PROCESS.test(description)) return { kind: 'again', why: 'busy' }
  if (NO_BATCH.test(description)) return { kind: 'again', why: 'no-batch' }
  if (TOO_LARGE.includes(code)) return refused('too-large', detail)
  if (FULL.includes(code)) return refused('full', detail)
  if (UNREADY.includes(code)) return unsure(description)
  return refused('failed', detail)
}

/** The position that a refused condition names; undefined if none can be read. */
export function readNewest(asked: Asked<unknown>): number | undefined {
  if (asked.kind !== 'error' || asked.code !== WRONG_LAST) return undefined
  const [, position] = /: (\d{1,16})$/.exec(asked.description) ?? []
  return position === undefined ? undefined : Number(position)
}

export function unsure(reason: string): { readonly kind: 'unsure'; readonly reason: string } {
  return { kind: 'unsure', reason }
}

export function refused(
  reason: RefusalReason,
  detail: string,
): { readonly kind: 'refused'; readonly reason: RefusalReason; readonly detail: string } {
  return { kind: 'refused', reason, detail }
}
