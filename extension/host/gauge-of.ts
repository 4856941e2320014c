import type { SessionState } from '../../src/protocol/events.ts'
import type { ExtensionSettings } from '../settings/extension-settings.ts'
import type { GaugeState } from '../wire/bridge-wire.ts'
import type { WindowFound } from './window-of.ts'

export interface GaugeSources {
  /** Tokens of what stands in the window now. */
  readonly tokens: number
  /** How many of them its site adds itself. */
  readonly overhead: number
  readonly window: WindowFound
  readonly model: string | null
  readonly thresholds: ExtensionSettings['thresholds']
  readonly state: SessionState
}

/** How full a chat is. @see SPEC.md rules GAUGE2, GAUGE3 */
export function gaugeOf({
  tokens,
  overhead,
  window,
  model,
  thresholds,
  state,
}: GaugeSources): GaugeState {
  const { status } = state.job
  return {
    ...window,
    tokens,
    overhead,
    model,
    level: levelOf(tokens / window.window, thresholds),
    folded: state.generation > 0 ? state.tokens.context : null,
    isFolding: status === 'running' || status === 'queued',
  }
}

function levelOf(
  share: number,
  { warn, urgent }: ExtensionSettings['thresholds'],
): GaugeState['level'] {
  if (share >= 1) return 'over'
  if (share >= urgent) return 'urgent'
  return share >= warn ? 'warn' : 'ok'
}
