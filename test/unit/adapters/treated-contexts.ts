import fc from 'fast-check'
import { toDrafts } from '../../../src/adapters/message-input.ts'
import type { Context } from '../../../src/core/session/context.ts'
import type { Draft, WireFormat } from '../../../src/core/session/message.ts'
import { contextOf, type Treatment } from './context-of.ts'
import { anthropicLogs, damagedLogs, openAiLogs } from './wire-logs.ts'

const treatment = fc.constantFrom<Treatment>('message', 'message', 'pinned', 'stubbed', 'left-out')

/** Histories in the formats that are told from their shape, damaged ones among them. */
export const foreignDrafts: fc.Arbitrary<readonly Draft[]> = fc
  .oneof(openAiLogs, anthropicLogs, damagedLogs)
  .map((log) => toDrafts(log))

/** Drafts of histories of a format. */
export function draftsOf(
  logs: fc.Arbitrary<readonly Readonly<Record<string, unknown>>[]>,
  format: WireFormat,
): fc.Arbitrary<readonly Draft[]> {
  return logs.map((log) => toDrafts(log, format))
}

/** Drafts of two histories, one in the middle of the other. */
export function mixed(
  a: fc.Arbitrary<readonly Draft[]>,
  b: fc.Arbitrary<readonly Draft[]>,
): fc.Arbitrary<readonly Draft[]> {
  return fc
    .tuple(a, b, fc.nat())
    .map(([outer, inner, at]) => outer.toSpliced(at % (outer.length + 1), 0, ...inner))
}

/** Contexts with a digest anywhere and messages pinned, stubbed or missing at random. */
export function treatedContexts(drafts: fc.Arbitrary<readonly Draft[]>): fc.Arbitrary<Context> {
  return fc
    .tuple(drafts, fc.option(fc.nat()), fc.array(treatment, { minLength: 1 }))
    .map(([log, digest, treatments]) => {
      const digestAt = digest === null ? undefined : digest % (log.length + 1)
      const treat = (i: number): Treatment => treatments[i % treatments.length] ?? 'message'
      return contextOf(log, { digestAt, treat })
    })
}
