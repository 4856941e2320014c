import type { SyncedTable, Unsent } from './sync-state.ts'

export type RowMark = Extract<Unsent, { readonly kind: 'row' }>
export type BranchMark = Extract<Unsent, { readonly kind: 'branch' }>
export type HeadMark = Extract<Unsent, { readonly kind: 'head' }>

/** The mark of a row that was changed here and was not seen in the remote log yet. */
export function rowMark(
  unsent: readonly Unsent[],
  table: SyncedTable,
  key: string,
): RowMark | undefined {
  return unsent.find(
    (mark): mark is RowMark => mark.kind === 'row' && mark.table === table && mark.key === key,
  )
}

export function headMark(unsent: readonly Unsent[]): HeadMark | undefined {
  return unsent.find((mark): mark is HeadMark => mark.kind === 'head')
}

export function branchMarks(unsent: readonly Unsent[]): readonly BranchMark[] {
  return unsent.filter((mark): mark is BranchMark => mark.kind === 'branch')
}

/**
 * Another id for something that may be under way under the one before: what comes back under that is not what is here by
 * now.
 */
export function reissue(id: string): string {
  const [, base = id, count = '0'] = /^(.*)~(\d+)$/s.exec(id) ?? []
  return `${base}~${Number(count) + 1}`
}
