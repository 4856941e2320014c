import {
  judgeKeyring,
  type KeyringPin,
  type KeyringVerdict,
} from '../../core/sync/judge-keyring.ts'
import type { RemoteEntry } from '../../core/ports/remote-log.ts'
import { ITERATIONS, MAX_ITERATIONS } from '../../engine/derive-key.ts'
import type { KeyringHome } from './keyring-home.ts'

/** What a look at the keyring's place came to. */
export type KeyringLook =
  | {
      readonly kind: 'looked'
      readonly verdict: KeyringVerdict
      /** Of the newest entry there, whatever it says: what a write has to name. */
      readonly position: number
    }
  | { readonly kind: 'unreachable'; readonly detail: string }

/** Reads the keyring's place and judges what stands there. Never rejects. */
export async function lookForKeyring(
  home: KeyringHome,
  space: string,
  pin: KeyringPin | undefined,
): Promise<KeyringLook> {
  let entries: readonly RemoteEntry[]
  try {
    entries = await home.read()
  } catch (error) {
    return { kind: 'unreachable', detail: error instanceof Error ? error.message : String(error) }
  }
  return { kind: 'looked', ...judgeEntries(entries, space, pin) }
}

/** Judges entries at the keyring's place, in order. */
export function judgeEntries(
  entries: readonly RemoteEntry[],
  space: string,
  pin: KeyringPin | undefined,
): { readonly verdict: KeyringVerdict; readonly position: number } {
  const decoder = new TextDecoder()
  const texts = entries.map(({ position, bytes }) => ({ position, text: decoder.decode(bytes) }))
  return {
    verdict: judgeKeyring(texts, {
      space,
      ...(pin && { pin }),
      iterations: { least: ITERATIONS, most: MAX_ITERATIONS },
    }),
    position: entries.at(-1)?.position ?? 0,
  }
}
