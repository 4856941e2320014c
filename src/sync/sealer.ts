import type { RemotePlace } from '../core/ports/remote-log.ts'

/** Stands between what is said of sessions and the remote log that keeps it: names places, and may seal what goes there. */
export interface Sealer {
  /** Stands for a session in the remote log; the same for the same session, on all devices of a space. */
  token(session: string): Promise<string>
  /**
   * The id under which an entry stands that has an id of its own, which its host may have chosen: the same for the same
   * one, on all devices of a space.
   */
  nameEntry(place: RemotePlace, id: string): Promise<string>
  /** @param id - As `nameEntry` makes it, where the entry has one of its own. */
  seal(place: RemotePlace, id: string, bytes: Uint8Array): Promise<Uint8Array>
  /**
   * What was sealed for that place and id; undefined for what was not, or was changed. Rejects where that can't be known
   * now, because the keys can't be read: whoever asks must not go on behind it.
   */
  open(place: RemotePlace, id: string, bytes: Uint8Array): Promise<Uint8Array | undefined>
}
