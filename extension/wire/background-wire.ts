import type { SummariserOptions } from '../../src/protocol/summariser-options.ts'
import type { ExtensionSettings } from '../settings/extension-settings.ts'

/** One-off messages by `runtime.sendMessage`: every context hears them, so each says whom it is for. */
export type BackgroundMessage =
  /** A bridge or page wants the host to be there before it connects. Answered once it is. */
  | { readonly to: 'background'; readonly kind: 'ensure-host' }
  /** The host can't read what is stored by the extension's API. */
  | { readonly to: 'background'; readonly kind: 'read-settings' }
  /** Nor the ladder of summarisers, which has their keys in it. */
  | { readonly to: 'background'; readonly kind: 'read-ladder' }
  | {
      readonly to: 'background'
      readonly kind: 'write-site'
      readonly origin: string
      readonly patch: unknown
    }
  /** From a click on the pill: the gesture passes with it. */
  | { readonly to: 'background'; readonly kind: 'open-panel' }
  /** How full the chat of a tab is, for the badge; null takes it away. */
  | {
      readonly to: 'background'
      readonly kind: 'badge'
      readonly tab: number
      readonly share: number | null
      readonly level: string
    }
  /** The person pressed the button on a tab, whose address may be known from now on. */
  | { readonly to: 'panel'; readonly kind: 'look' }
  | { readonly to: 'host'; readonly kind: 'settings'; readonly settings: ExtensionSettings }
  | { readonly to: 'host'; readonly kind: 'ladder'; readonly ladder: readonly SummariserOptions[] }
