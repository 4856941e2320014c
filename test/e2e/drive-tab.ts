import type { Page } from 'playwright'
import type { Job } from '../../src/core/compaction/job.ts'
import type { BackfoldEvent, SessionState } from '../../src/protocol/events.ts'
import type { CompactOutcome, GenerationSummary } from '../../src/protocol/requests.ts'
import type { HostScope } from './open-tabs.ts'

/** Appends messages from one tab, named after it, one call each. */
export function appendMany(page: Page, name: string, count: number): Promise<void> {
  return page.evaluate(
    async ([from, messages]) => {
      const { session } = globalThis as unknown as HostScope
      for (let index = 0; index < messages; index += 1) {
        await session.append({
          role: index % 2 === 0 ? 'user' : 'assistant',
          content: `${from} ${index} ${'says a word or two about it, '.repeat(12)}`,
        })
      }
    },
    [name, count] as const,
  )
}

/** What a session is made of, as one tab sees it. */
export interface Seen {
  readonly texts: readonly string[]
  readonly jobs: readonly Job[]
  readonly generations: readonly GenerationSummary[]
  readonly state: SessionState
}

/** The whole log, the newest state, and what became of the jobs. */
export function look(page: Page): Promise<Seen> {
  return page.evaluate(async () => {
    const { session } = globalThis as unknown as HostScope
    const log = await session.recall({ from: 1, to: 1_000 })
    const texts =
      log.kind === 'messages'
        ? log.messages.map(({ parts }) => (parts[0]?.type === 'text' ? parts[0].text : ''))
        : []
    const [jobs, generations] = [await session.jobs(), await session.generations()]
    return { texts, jobs, generations, state: session.state.get() }
  })
}

/** A context as a tab would send it. */
export interface Turn {
  readonly tokens: number
  readonly generation: number
  readonly through: number
  readonly messages: string
}

export function takeTurn(page: Page): Promise<Turn> {
  return page.evaluate(async () => {
    const { session } = globalThis as unknown as HostScope
    const { tokens, generation, through, messages } = await session.context()
    return { tokens, generation, through, messages: JSON.stringify(messages) }
  })
}

export function compact(page: Page): Promise<CompactOutcome> {
  return page.evaluate(() => (globalThis as unknown as HostScope).session.compact())
}

/** Waits until a tab has heard of an event that has these fields. */
export async function heard(page: Page, fields: Partial<BackfoldEvent>): Promise<void> {
  await page.waitForFunction((wanted) => {
    const { events } = globalThis as unknown as HostScope
    const entries = Object.entries(wanted)
    return events.some((event) =>
      entries.every(([name, value]) => Reflect.get(event, name) === value),
    )
  }, fields)
}

/** How the calls of a tab end that is asked everything at once: with `ok`, or the code of the error. */
export function tryEverything(page: Page): Promise<readonly string[]> {
  return page.evaluate(async () => {
    const { session, backfold } = globalThis as unknown as HostScope
    const calls = [
      session.append({ role: 'user', content: 'is anybody there?' }),
      session.context(),
      session.recall('anything'),
      session.jobs(),
      backfold.sessions(),
    ]
    const ends = await Promise.allSettled(calls)
    return ends.map((end) => {
      if (end.status === 'fulfilled') return 'ok'
      const reason: unknown = end.reason
      return reason instanceof Error && 'code' in reason ? String(reason.code) : String(reason)
    })
  })
}

/** Positions of a tab's messages among its own, in the order of the log. */
export function orderOf({ texts }: Seen, name: string): readonly number[] {
  return texts
    .filter((text) => text.startsWith(`${name} `))
    .map((text) => Number(text.split(' ')[1]))
}

export function countTo(count: number): readonly number[] {
  return Array.from({ length: count }, (_, index) => index)
}

/** Marks of the generations that were ever applied. */
export function appliedMarks({ generations }: Seen): readonly number[] {
  return generations.filter((g) => g.appliedAt !== undefined).map((g) => g.mark)
}
