import type { ReactElement } from 'react'
import { useState } from 'react'
import { fullTokens } from '../../src/app/view/token-format.ts'
import type { ExtensionSettings } from '../settings/extension-settings.ts'
import type { GaugeState } from '../wire/bridge-wire.ts'
import type { TabState } from '../wire/panel-wire.ts'
import { LABELS } from './labels.ts'
import { WindowEditor } from './window-editor.tsx'
import type { PanelWorld } from './world.ts'

interface ChatGaugeProps {
  readonly world: PanelWorld
  readonly settings: ExtensionSettings
  readonly state: TabState
}

/** How full the chat of a tab is, who says how large its window is, and what it folds to. */
export function ChatGauge({ world, settings, state }: ChatGaugeProps): ReactElement {
  const { gauge } = state
  const [isEditing, setEditing] = useState(false)
  return (
    <section className="panel chat-gauge" aria-labelledby="chat-gauge" data-testid="chat-gauge">
      <div className="panel-head">
        <h2 id="chat-gauge">{LABELS.gauge.title}</h2>
        {gauge !== null && (
          <p className="fullness" data-level={gauge.level} data-testid="fullness">
            {LABELS.gauge.levels[gauge.level]}
          </p>
        )}
      </div>
      {gauge === null ? (
        <p className="hint">{LABELS.gauge.none}</p>
      ) : (
        <>
          <Meter gauge={gauge} thresholds={settings.thresholds} />
          {gauge.overhead > 0 && (
            <p className="hint" data-testid="gauge-overhead">
              {LABELS.gauge.overhead(gauge.overhead)}
            </p>
          )}
          <p className="gauge-line">
            <span data-testid="gauge-fold">{foldWords(gauge)}</span>
          </p>
          <div className="gauge-line">
            <span className="hint" data-testid="gauge-window">
              {LABELS.gauge.window} {fullTokens(gauge.window)},{' '}
              {LABELS.gauge.from[gauge.windowFrom]}{' '}
              <bdi>
                {gauge.model === null
                  ? LABELS.gauge.anyModel
                  : LABELS.gauge.model(gauge.model.slice(0, MOST_NAME))}
              </bdi>
            </span>
            <button
              type="button"
              className="link"
              aria-expanded={isEditing}
              onClick={() => setEditing(!isEditing)}
              data-testid="edit-window"
            >
              {LABELS.gauge.edit}
            </button>
          </div>
          {isEditing && (
            <WindowEditor
              world={world}
              settings={settings}
              origin={state.origin}
              gauge={gauge}
              onDone={() => setEditing(false)}
            />
          )}
        </>
      )}
    </section>
  )
}

/** Most characters of a model's name, which a page may choose. */
const MOST_NAME = 80

function foldWords({ isFolding, folded }: GaugeState): string {
  if (isFolding) return LABELS.gauge.folding
  return folded === null ? LABELS.gauge.notFolded : LABELS.gauge.folded(folded)
}

interface MeterProps {
  readonly gauge: GaugeState
  readonly thresholds: ExtensionSettings['thresholds']
}

function Meter({ gauge, thresholds }: MeterProps): ReactElement {
  const { tokens, level, folded } = gauge
  const window = Math.max(1, gauge.window)
  const share = Math.min(1, Math.max(0, tokens / window))
  const foldedShare = folded === null ? 0 : Math.min(share, Math.max(0, folded / window))
  return (
    <>
      <p className="big-number">
        <strong data-testid="gauge-tokens">{fullTokens(tokens)}</strong>
        <span>{LABELS.gauge.of(gauge.window, tokens / window)}</span>
      </p>
      <div
        className="fill"
        data-level={level}
        role="meter"
        aria-label={LABELS.gauge.title}
        aria-valuemin={0}
        aria-valuemax={window}
        aria-valuenow={Math.min(tokens, window)}
        aria-valuetext={LABELS.gauge.meter(tokens, gauge.window)}
      >
        <i className="fill-all" style={{ inlineSize: `${share * 100}%` }} />
        <i className="fill-folded" style={{ inlineSize: `${foldedShare * 100}%` }} />
        <i className="fill-mark" style={{ insetInlineStart: `${thresholds.warn * 100}%` }} />
        <i className="fill-mark" style={{ insetInlineStart: `${thresholds.urgent * 100}%` }} />
      </div>
    </>
  )
}
