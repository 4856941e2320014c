import { describeProblem, type Problem } from '../view/error-advice.ts'
import { readImportReport, type ReportWords } from './import-report.ts'
import type { ImportProgress, ImportReport } from '../../core/transfer/import-report.ts'
import type { ImportFileOptions } from '../../client/session.ts'

/** A file on its way into the store. */
export interface ImportItem {
  readonly key: string
  readonly file: Pick<File, 'name' | 'size'>
  readonly status: 'waiting' | 'running' | 'done' | 'failed' | 'cancelled'
  /** 0 to 1; null while it can't be told. */
  readonly progress: number | null
  readonly report: ReportWords | null
  readonly problem: Problem | null
}

/** Files that are imported one after another. */
export interface ImportQueue {
  get(): readonly ImportItem[]
  subscribe(listener: () => void): () => void
  add(files: readonly File[]): void
  /** Stops a file; what of it was stored stays, and the same import goes on from there. */
  cancel(key: string): void
  /** Takes up one that was stopped, or failed. */
  resume(key: string): void
  /** Leaves out those that are over. */
  clear(): void
}

type ImportFile = (file: File, options: ImportFileOptions) => Promise<ImportReport>

interface Entry {
  readonly file: File
  item: ImportItem
  controller: AbortController | null
}

/** @see SPEC.md rules KEEP21, KEEP22 */
export function createImportQueue(importFile: ImportFile, imported: () => void): ImportQueue {
  const listeners = new Set<() => void>()
  let entries: readonly Entry[] = []
  let shown: readonly ImportItem[] = []
  let issued = 0
  let isBusy = false

  const announce = (): void => {
    shown = entries.map(({ item }) => item)
    for (const listener of [...listeners]) listener()
  }
  const change = (entry: Entry, patch: Partial<ImportItem>): void => {
    entry.item = { ...entry.item, ...patch }
    announce()
  }
  const run = async (entry: Entry): Promise<void> => {
    const controller = new AbortController()
    entry.controller = controller
    change(entry, { status: 'running', progress: null, problem: null })
    try {
      const report = await importFile(entry.file, {
        signal: controller.signal,
        onProgress: (progress) => change(entry, { progress: shareOf(progress) }),
      })
      change(entry, { status: 'done', progress: 1, report: readImportReport(report) })
    } catch (thrown) {
      const isStopped = controller.signal.aborted
      change(entry, {
        status: isStopped ? 'cancelled' : 'failed',
        problem: isStopped ? null : describeProblem(thrown),
      })
    }
    entry.controller = null
    imported()
  }
  const work = async (): Promise<void> => {
    if (isBusy) return
    isBusy = true
    for (;;) {
      const next = entries.find(({ item }) => item.status === 'waiting')
      if (next === undefined) break
      await run(next)
    }
    isBusy = false
  }
  const find = (key: string): Entry | undefined => entries.find(({ item }) => item.key === key)

  return {
    get: () => shown,
    subscribe(listener) {
      listeners.add(listener)
      return () => void listeners.delete(listener)
    },
    add(files) {
      const added = files.map((file): Entry => {
        issued += 1
        const { name, size } = file
        const rest = { progress: null, report: null, problem: null }
        return {
          file,
          controller: null,
          item: { key: String(issued), file: { name, size }, status: 'waiting', ...rest },
        }
      })
      entries = [...entries, ...added]
      announce()
      void work()
    },
    cancel(key) {
      const entry = find(key)
      if (entry?.item.status === 'waiting') change(entry, { status: 'cancelled' })
      entry?.controller?.abort()
    },
    resume(key) {
      const entry = find(key)
      if (entry?.item.status !== 'cancelled' && entry?.item.status !== 'failed') return
      change(entry, { status: 'waiting', problem: null })
      void work()
    },
    clear() {
      entries = entries.filter(({ item }) => item.status === 'waiting' || item.status === 'running')
      announce()
    },
  }
}

/** How far it is, 0 to 1; null for a file without length. */
function shareOf({ bytes, ofBytes }: ImportProgress): number | null {
  return ofBytes > 0 ? Math.min(1, Math.max(0, bytes / ofBytes)) : null
}
