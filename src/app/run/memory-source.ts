import type { Session } from '../../client/session.ts'
import type { ItemAction, MemoryItem } from '../view/memory-item.ts'
import type { LogItem } from './message-log.ts'

/** One list of the memory panel: where its items come from, and what its buttons do. */
export interface MemorySource {
  readonly key: string
  /** Name of its tab. */
  readonly name: string
  /** What its items are called. */
  readonly many: string
  /** What it would hold, for when there is nothing. */
  readonly empty: string
  /**
   * Reads all items anew.
   *
   * @param items - The log as the page holds it, so that it need not be read again.
   */
  read(session: Session, items: readonly LogItem[]): Promise<readonly MemoryItem[]>
  /**
   * Does what a button says, and resolves to what came of it, as a sentence.
   *
   * @param text - What was typed, for `edit` and `rename`; else empty.
   */
  act(session: Session, item: MemoryItem, action: ItemAction, text: string): Promise<string>
  /** What can be added to the list by typing it; missing where nothing can. */
  readonly add?: {
    /** Name of the button. */
    readonly name: string
    run(session: Session, text: string): Promise<string>
  }
  /** How the whole list is taken elsewhere as a file, and back; missing where it can't. */
  readonly file?: {
    /** Name of the file that is written. */
    readonly name: string
    write(session: Session): Promise<string>
    read(session: Session, text: string): Promise<string>
  }
}
