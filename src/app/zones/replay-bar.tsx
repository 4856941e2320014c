import type { ReactElement } from 'react'
import type { Speed } from '../replay/replay-pace.ts'
import { speedLabel, SPEEDS } from '../replay/replay-pace.ts'
import type { ReplayPlayer, ReplayState } from '../replay/replay-player.ts'
import { duration } from '../view/token-format.ts'
import { Icon } from './icon.tsx'

interface ReplayBarProps {
  readonly replay: ReplayState
  readonly player: ReplayPlayer
  readonly onRestart: () => void
}

const STATUS = {
  ready: 'ready',
  playing: 'playing',
  paused: 'paused',
  finished: 'at its end',
  failed: 'stopped by an error',
} as const

export function ReplayBar({ replay, player, onRestart }: ReplayBarProps): ReactElement {
  const { status, position, total, speed } = replay
  const playing = status === 'playing'
  const over = status === 'finished'
  const left = over || speed === 'max' ? '' : `, ${duration(replay.remainingMs / speed)} left`
  const word = playing ? '' : `, ${STATUS[status]}`
  return (
    <section className="replay-bar" aria-label="Replay" data-testid="replay-bar">
      <div className="replay-buttons">
        <button
          type="button"
          className="round"
          onClick={() => (playing ? player.pause() : player.play())}
          disabled={over}
          aria-label={playing ? 'Pause the replay' : 'Play the replay'}
          data-testid="play-pause"
        >
          <Icon name={playing ? 'pause' : 'play'} />
        </button>
        <button
          type="button"
          className="quiet"
          onClick={() => player.step()}
          disabled={over}
          aria-label="Step: one message"
          data-testid="step"
        >
          <Icon name="step" />
        </button>
        <button
          type="button"
          className="quiet"
          onClick={onRestart}
          aria-label="Restart as a new session"
          data-testid="restart"
        >
          <Icon name="restart" />
        </button>
      </div>
      <div className="replay-progress">
        <progress value={position} max={Math.max(1, total)} aria-label="Replayed messages" />
        <span data-testid="replay-position">
          {position.toLocaleString('en-US')} of {total.toLocaleString('en-US')}
          {word}
          {left}
        </span>
      </div>
      <label className="speed">
        <span>Speed</span>
        <select
          value={String(speed)}
          onChange={(event) => player.setSpeed(readSpeed(event.target.value))}
          data-testid="speed"
        >
          {SPEEDS.map((option) => (
            <option key={option} value={String(option)}>
              {speedLabel(option)}
            </option>
          ))}
        </select>
      </label>
    </section>
  )
}

function readSpeed(value: string): Speed {
  return SPEEDS.find((speed) => String(speed) === value) ?? 1
}
