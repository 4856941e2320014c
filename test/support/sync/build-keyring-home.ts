import type { Committed, RemoteEntry } from '../../../src/core/ports/remote-log.ts'
import type { KeyringHome, KeyringPins } from '../../../src/sync/seal/keyring-home.ts'
import type { KeyringPin } from '../../../src/core/sync/judge-keyring.ts'

/** A keyring's place in memory, with what a server can do to it. */
export interface FakeHome extends KeyringHome {
  /** What stands there: a test may change it as a server could. */
  entries: RemoteEntry[]
  reads: number
  /** The next write is not answered: it was made, or was not. */
  loseAnswer?: 'stored' | 'lost'
  isDown: boolean
  isDenied: boolean
  /** Called before the next write is judged: what another device does in between. */
  between?: () => Promise<unknown>
}

export function buildKeyringHome(): FakeHome {
  return {
    entries: [],
    reads: 0,
    isDown: false,
    isDenied: false,
    async read() {
      this.reads += 1
      if (this.isDown) throw new Error('no connection')
      return [...this.entries]
    },
    async write(entry, expected): Promise<Committed> {
      const { between, loseAnswer } = this
      delete this.between
      delete this.loseAnswer
      await between?.()
      if (this.isDenied) return { kind: 'refused', reason: 'denied', detail: 'not allowed' }
      if (loseAnswer === 'lost') return { kind: 'unsure', reason: 'no answer' }
      const newest = this.entries.at(-1)?.position ?? 0
      if (newest !== expected) return { kind: 'moved' }
      const position = newest + 10
      this.entries.push({ ...entry, position })
      return loseAnswer === 'stored'
        ? { kind: 'unsure', reason: 'no answer' }
        : { kind: 'stored', position }
    },
  }
}

/** What a device remembers, in memory. */
export function buildPins(): KeyringPins & { pin: KeyringPin | undefined } {
  return {
    pin: undefined,
    async read() {
      return this.pin
    },
    async write(pin) {
      this.pin = pin
    },
  }
}
