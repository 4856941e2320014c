import { BackfoldError, isBackfoldError } from '../../core/backfold-error.ts'
import type { FileItem } from '../../core/transfer/conversation.ts'
import type {
  FileFinding,
  ImportedSession,
  ImportProgress,
  ImportReport,
} from '../../core/transfer/import-report.ts'
import { readArchive } from './read-archive.ts'
import { storeConversation } from './store-conversation.ts'
import type { TransferPorts } from './transfer-ports.ts'

/** Most findings of a report. */
const MAX_FINDINGS = 1_000

/** Thrown inside when an import is cancelled. */
function importCancelled(): BackfoldError {
  return new BackfoldError('CLOSED', 'the import was cancelled')
}

/**
 * Imports a file of any kind into as many sessions as are in it. Whatever goes wrong with one conversation, the others
 * come in; what goes wrong with the storage ends the import, and the same import again goes on where it stopped.
 *
 * @throws BackfoldError `CLOSED` when it was cancelled, `STORAGE_*` when nothing can be stored.
 * @see SPEC.md rules EXPT13–EXPT18, ARC9–ARC13
 */
export async function importFile(
  ports: TransferPorts,
  file: Blob,
  signal: AbortSignal,
  onProgress: (progress: ImportProgress) => void,
): Promise<ImportReport> {
  const sessions: ImportedSession[] = []
  const refused = createFindings()
  const repairs = createFindings()
  let bytes = 0
  let messages = 0
  const tell = (): void =>
    onProgress({ bytes, ofBytes: file.size, sessions: sessions.length, messages })
  const log = {
    stored(count: number) {
      messages += count
      tell()
    },
    goOn() {
      if (signal.aborted) throw importCancelled()
    },
    session(session: ImportedSession) {
      sessions.push(session)
      tell()
    },
    refused: refused.add,
  }
  const found = await ports.openFile(file, (read) => {
    // Much may be read, and far more unpacked, before anything is found in it.
    log.goOn()
    bytes = Math.min(file.size, bytes + read)
    tell()
  })
  if (found.kind === 'archive') await readArchive(ports, found.bytes, found.name, log)
  else {
    for await (const item of found.items) {
      log.goOn()
      await take(item)
    }
  }
  bytes = file.size
  tell()
  return { sessions, refused: refused.all(), repairs: repairs.all() }

  async function take(item: FileItem): Promise<void> {
    if (item.kind !== 'conversation') {
      ;(item.kind === 'refused' ? refused : repairs).add(item.finding)
      return
    }
    const { conversation, what } = item
    if (conversation.nodes.length === 0) {
      refused.add({ what, reason: 'It holds no messages.' })
      return
    }
    try {
      log.session(await storeConversation(ports, conversation, log))
    } catch (failure) {
      if (!isBackfoldError(failure) || !OF_ONE.has(failure.code)) throw failure
      refused.add({ what, reason: failure.message })
      return
    }
    for (const reason of conversation.repairs) repairs.add({ what, reason })
  }
}

/** Failures of one conversation, which say nothing about the next one. */
const OF_ONE: ReadonlySet<string> = new Set(['INVALID_INPUT', 'SESSION_NOT_FOUND'])

function createFindings(): {
  add(finding: FileFinding): void
  all(): readonly FileFinding[]
} {
  const kept: FileFinding[] = []
  let more = 0
  return {
    add(finding) {
      if (kept.length < MAX_FINDINGS - 1) kept.push(finding)
      else more += 1
    },
    all: () =>
      more === 0 ? kept : [...kept, { what: `${more} more`, reason: 'They are not listed.' }],
  }
}
