import type { RemotePlace } from '../core/ports/remote-log.ts'

/** Stands between what is said of sessions and the remote log that keeps it: names places, and may seal what goes there. */
export interface Sealer {
  /** Stands for a session in the remote log; the same for the same session, on all devices of a space. */
  token(session: string): Promise<string>
  seal(place: RemotePlace, id: string, bytes: Uint8Array): Promise<Uint8Array>
  /**
   * What was sealed for that place and id; undefined for what was not, or was changed. Rejects where that can't be known
   * now, because the keys can't be read: whoever asks must not go on behind it.
   */
  open(place: RemotePlace, id: string, bytes: Uint8Array): Promise<Uint8Array | undefined>
}
