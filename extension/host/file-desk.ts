import { BackfoldError } from '../../src/core/backfold-error.ts'
import { fromBase64 } from '../wire/base64.ts'

/** Files at the same time, and characters of a piece's base64. */
const MOST_FILES = 4
const MOST_PIECE = 12_000_000
const MOST_NAME = 200

/** Files that one page hands over piece by piece, as no message holds a file. */
export interface FileDesk {
  /** @throws BackfoldError `INVALID_INPUT` for what is no base64, or too much. */
  add(name: string, piece: string, type: string): void
  /**
   * The whole file, which is then forgotten.
   *
   * @throws BackfoldError `INVALID_INPUT` where none of it has come.
   */
  take(name: string): Blob
  /** Forgets all of them. */
  clear(): void
}

/** @see SPEC.md rule HOST6 */
export function createFileDesk(): FileDesk {
  const files = new Map<string, Blob>()
  return {
    add(name, piece, type) {
      const isNew = !files.has(name)
      const tooMuch = piece.length > MOST_PIECE || name.length > MOST_NAME
      const bytes = tooMuch || (isNew && files.size >= MOST_FILES) ? null : fromBase64(piece)
      if (!bytes) throw new BackfoldError('INVALID_INPUT', 'expected a piece of a file')
      // The browser keeps large blobs on disk, and joins them without copying.
      files.set(name, new Blob([...(isNew ? [] : [files.get(name) ?? '']), bytes], { type }))
    },
    take(name) {
      const file = files.get(name)
      if (!file) throw new BackfoldError('INVALID_INPUT', 'the file was not handed over')
      files.delete(name)
      return file
    },
    clear: () => files.clear(),
  }
}
