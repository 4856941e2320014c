import { isBackfoldError } from '../../core/backfold-error.ts'
import { ARCHIVE_START } from '../../core/transfer/archive-lines.ts'
import type { FileItem } from '../../core/transfer/conversation.ts'
import { isGzip } from '../history/gunzip.ts'
import { extendCrc32 } from './crc32.ts'
import { peek, readSlices, unpack, type Bytes } from './read-bytes.ts'
import { readText } from './read-text.ts'
import { readZip, type ZipEntry } from './zip-directory.ts'

/** A file that was opened: an archive of Backfold as its lines' bytes, or what else is found in it. */
export type OpenedFile =
  | { readonly kind: 'archive'; readonly name: string; readonly bytes: Bytes }
  | { readonly kind: 'items'; readonly items: AsyncIterable<FileItem> }

/**
 * Opens a file of any kind that can be read, told from its first bytes and never from its name.
 *
 * @param onRead - Told how many more bytes of it were read.
 * @see SPEC.md rules EXPT1, ARC3
 */
export async function openFile(file: Blob, onRead: (bytes: number) => void): Promise<OpenedFile> {
  const name = nameOf(file)
  const raw = await peek(readSlices(file, 0, file.size, onRead), 64)
  if (raw.head[0] === 0x50 && raw.head[1] === 0x4b && file.size > 4) {
    await raw.bytes[Symbol.asyncIterator]().return?.()
    return { kind: 'items', items: readZipItems(file, name, onRead) }
  }
  if (!isGzip(raw.head)) return openUnpacked(raw.bytes, name)
  return openUnpacked(unpack(raw.bytes, 'gzip', name), name)
}

async function openUnpacked(bytes: Bytes, name: string): Promise<OpenedFile> {
  let opened: Awaited<ReturnType<typeof peek>>
  try {
    opened = await peek(bytes, 128)
  } catch (failure) {
    return { kind: 'items', items: refusal(name, failure) }
  }
  if (ARCHIVE_START.test(String.fromCharCode(...opened.head))) {
    return { kind: 'archive', name, bytes: opened.bytes }
  }
  return { kind: 'items', items: guarded(readText(opened.bytes, name), name) }
}

function nameOf(file: Blob): string {
  return 'name' in file && typeof file.name === 'string' && file.name !== '' ? file.name : 'file'
}

/** Files of exports that hold no conversations, whatever they look like. */
const KNOWN: ReadonlySet<string> = new Set([
  'user.json',
  'users.json',
  'user_settings.json',
  'message_feedback.json',
  'model_comparisons.json',
  'shared_conversations.json',
  'group_chats.json',
  'shopping.json',
  'projects.json',
  'memories.json',
  'export_manifest.json',
])

async function* readZipItems(
  file: Blob,
  name: string,
  onRead: (bytes: number) => void,
): AsyncGenerator<FileItem> {
  let entries: readonly ZipEntry[]
  try {
    entries = await readZip(file, name)
  } catch (failure) {
    yield* refusal(name, failure)
    return
  }
  const left: string[] = []
  for (const entry of entries) {
    const base = entry.name.slice(entry.name.lastIndexOf('/') + 1)
    if (entry.name.endsWith('/')) continue
    if (
      !/\.(?:json|jsonl|md|markdown|txt)$/i.test(base) ||
      KNOWN.has(base) ||
      base.startsWith('._')
    ) {
      left.push(base)
      onRead(entry.packedBytes)
    } else if (entry.refused !== undefined) {
      onRead(entry.packedBytes)
      yield {
        kind: 'refused',
        finding: { what: entry.name, reason: `It was left out: ${entry.refused}.` },
      }
    } else yield* readEntry(entry, onRead)
  }
  if (left.length > 0) yield { kind: 'refused', finding: describeLeft(left, name) }
}

function describeLeft(left: readonly string[], name: string): { what: string; reason: string } {
  const named = left.slice(0, 5).join(', ')
  const more = left.length > 5 ? ` and ${left.length - 5} more` : ''
  const what = `${left.length} other ${left.length === 1 ? 'file' : 'files'} of ${name}`
  return { what, reason: `Left out, because no conversations are kept in them: ${named}${more}.` }
}

async function* readEntry(
  entry: ZipEntry,
  onRead: (bytes: number) => void,
): AsyncGenerator<FileItem> {
  let crc = 0
  let isWhole = false
  const checked = async function* (): Bytes {
    for await (const chunk of entry.open(onRead)) {
      crc = extendCrc32(crc, chunk)
      yield chunk
    }
    isWhole = true
  }
  yield* guarded(readText(checked(), entry.name), entry.name)
  if (isWhole && crc !== entry.crc) {
    const reason = 'Its checksum is wrong: something in what was read of it is damaged.'
    yield { kind: 'refused', finding: { what: entry.name, reason } }
  }
}

/** What is found until reading fails, and then why. */
async function* guarded(items: AsyncIterable<FileItem>, name: string): AsyncGenerator<FileItem> {
  try {
    yield* items
  } catch (failure) {
    yield* refusal(name, failure)
  }
}

/** What is wrong with a file is found in it; anything else is wrong with us, or with the storage. */
async function* refusal(name: string, failure: unknown): AsyncGenerator<FileItem> {
  if (!isBackfoldError(failure) || failure.code !== 'INVALID_INPUT') throw failure
  yield { kind: 'refused', finding: { what: name, reason: failure.message } }
}
