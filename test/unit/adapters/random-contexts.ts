import fc from 'fast-check'
import { toDrafts } from '../../../src/adapters/message-input.ts'
import type { Context } from '../../../src/core/session/context.ts'
import type { Draft } from '../../../src/core/session/message.ts'
import { contextOf, type Treatment } from './context-of.ts'
import { geminiLogs, ollamaLogs, responsesLogs, type FormatLog } from './format-logs.ts'
import { anthropicLogs, damagedLogs, openAiLogs } from './wire-logs.ts'

/** What stands for the covered messages. */
export const DIGEST = 'what happened so far'

/** Legal histories of each format, read. */
export const ownDrafts: Readonly<
  Record<'openai' | 'anthropic' | 'responses' | 'gemini' | 'ollama', fc.Arbitrary<readonly Draft[]>>
> = {
  openai: openAiLogs.map((log) => toDrafts(log)),
  anthropic: anthropicLogs.map((log) => toDrafts(log)),
  responses: responsesLogs.map(draftsOf),
  gemini: geminiLogs.map(draftsOf),
  ollama: ollamaLogs.map(draftsOf),
}

const foreignDrafts = fc.oneof(openAiLogs, anthropicLogs, damagedLogs).map((log) => toDrafts(log))

/** Messages of all formats in any order, with calls and results that miss each other. */
export const anyDrafts: fc.Arbitrary<readonly Draft[]> = fc
  .tuple(
    fc.array(fc.oneof(responsesLogs, geminiLogs, ollamaLogs), { maxLength: 2 }),
    foreignDrafts,
    fc.nat(100),
  )
  .map(([logs, foreign, turn]) =>
    [...logs.flatMap(draftsOf), ...foreign]
      .map((draft, i) => ({ draft, key: (i * 37 + turn) % 101 }))
      .toSorted((a, b) => a.key - b.key)
      .map(({ draft }) => draft),
  )

const treatments = fc.array(
  fc.constantFrom<Treatment>('message', 'message', 'pinned', 'stubbed', 'left-out'),
  { minLength: 1, maxLength: 6 },
)

/** Contexts with a digest anywhere and messages pinned, stubbed or missing at random. */
export function contextsOf(drafts: fc.Arbitrary<readonly Draft[]>): fc.Arbitrary<Context> {
  return fc.tuple(drafts, fc.option(fc.nat(1_000)), treatments).map(([log, digest, treated]) =>
    contextOf(log, {
      digestAt: digest === null ? undefined : digest % (log.length + 1),
      digest: DIGEST,
      treat: (i) => treated[i % treated.length] ?? 'message',
    }),
  )
}

/** A history of a format, read. */
export function draftsOf({ format, log }: FormatLog): readonly Draft[] {
  return toDrafts(log, format)
}
