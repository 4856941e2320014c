/**
 * One measurement in a process of its own: `node fold-process.mjs WORK SEED TOKENS` prints the CPU time
 * that the work took, all threads of the process together, as JSON.
 */
import { countTokens } from 'gpt-tokenizer/encoding/o200k_base'
import { openEngine } from '../../src/engine.ts'
import { textsOf, writeSession } from './session-corpus.ts'
import type { MessageInput } from '../../src/protocol/requests.ts'

/** What may be measured: each prepares, and returns the work that is timed. */
const WORKS = { count, fold } as const

/** Run once before, so that no variant pays for its own compilation alone. */
const WARM_UP_TOKENS = 60_000

export interface Measured {
  readonly cpuMs: number
  readonly wallMs: number
  /** What the work says about itself: tokens counted, or the fold's outcome. */
  readonly outcome: unknown
}

type Work = () => Promise<unknown>

async function count(messages: readonly MessageInput[]): Promise<Work> {
  const texts = textsOf(messages)
  // Otherwise a text that looks like a control token would throw.
  const options = { disallowedSpecial: new Set<string>() }
  return async () => texts.reduce((sum, text) => sum + countTokens(text, options), 0)
}

/** The whole fold, as a host asks for it. */
async function fold(messages: readonly MessageInput[]): Promise<Work> {
  const session = await fill(await openEngine(), messages)
  return async () => {
    const outcome = await session.compact()
    if (outcome.kind !== 'ready') throw new Error(`no candidate: ${JSON.stringify(outcome)}`)
    return outcome
  }
}

async function fill(
  backfold: Awaited<ReturnType<typeof openEngine>>,
  messages: readonly MessageInput[],
): ReturnType<typeof backfold.session> {
  const session = await backfold.session('s', { automatic: false, applyAt: 'manual' })
  for (let from = 0; from < messages.length; from += 256) {
    await session.append(...messages.slice(from, from + 256))
  }
  return session
}

async function main(name: string, seed: number, tokens: number): Promise<void> {
  const prepare = WORKS[name as keyof typeof WORKS]
  await (
    await prepare(writeSession(seed + 1_000_000, WARM_UP_TOKENS))
  )()
  const work = await prepare(writeSession(seed, tokens))
  globalThis.gc?.()
  const startedMs = performance.now()
  const before = process.cpuUsage()
  const outcome = await work()
  const used = process.cpuUsage(before)
  const measured: Measured = {
    cpuMs: (used.user + used.system) / 1_000,
    wallMs: performance.now() - startedMs,
    outcome,
  }
  process.stdout.write(JSON.stringify(measured))
}

const [, , name = '', seed = '1', tokens = '1000000'] = process.argv
await main(name, Number(seed), Number(tokens))
