import type { ModelUsage } from '../core/ports/language-model.ts'
import type { DigestLine } from '../core/session/generation.ts'
import { LINE_TOKENS, type JudgedPatch } from '../core/summarise/judge-patch.ts'
import { addDrops, type DropCounts, type PatchOperation } from '../core/summarise/patch.ts'
import type { StepTaken } from './block-for-model.ts'

/** What was taken of all answers. */
export interface Taken {
  lines: readonly DigestLine[]
  operations: Map<string, PatchOperation>
  dropped: DropCounts
  usage: ModelUsage
  calls: number
  readonly steps: StepTaken[]
  tokens(count: (text: string) => number): number
  take(judged: JudgedPatch, dropped: DropCounts): void
  reject(ids: ReadonlySet<string>): void
  addUsage(reply: { readonly usage?: ModelUsage | undefined }): void
}

export function createTaken(): Taken {
  return {
    lines: [],
    operations: new Map(),
    dropped: {},
    usage: { input: 0, output: 0 },
    calls: 0,
    steps: [],
    tokens(count) {
      const lines = [...this.lines, ...[...this.operations.values()].flatMap(lineOf)]
      return lines.reduce((sum, { text }) => sum + count(text) + LINE_TOKENS, 0)
    },
    take({ lines, operations }, dropped) {
      this.lines = [...this.lines, ...lines]
      for (const operation of operations) this.operations.set(operation.line, operation)
      this.dropped = addDrops(this.dropped, dropped)
    },
    reject(ids) {
      const before = this.lines.length + this.operations.size
      this.lines = this.lines.filter(({ id }) => !ids.has(id))
      for (const [line, operation] of this.operations) {
        if (lineOf(operation).some(({ id }) => ids.has(id))) this.operations.delete(line)
      }
      const rejected = before - this.lines.length - this.operations.size
      if (rejected > 0) {
        this.dropped = addDrops(this.dropped, { 'judged-unsupported': rejected })
      }
    },
    addUsage({ usage }) {
      const add = (sum: number, more: unknown): number =>
        typeof more === 'number' && Number.isFinite(more) && more > 0 ? sum + more : sum
      this.usage = {
        input: add(this.usage.input, usage?.input),
        output: add(this.usage.output, usage?.output),
      }
    },
  }
}

/** The line that an operation brings in. */
export function lineOf(operation: PatchOperation): readonly DigestLine[] {
  return operation.kind === 'supersede' ? [operation.by] : []
}
