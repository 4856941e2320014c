import { BackfoldError } from '../../core/backfold-error.ts'
import type { KeyringVerdict } from '../../core/sync/judge-keyring.ts'
import { isAtKeyring, MAX_EPOCHS } from '../../core/sync/keyring-record.ts'
import type { RemoteEntry } from '../../core/ports/remote-log.ts'
import { ITERATIONS } from '../../engine/derive-key.ts'
import type { Sealer } from '../sealer.ts'
import { sealGrant, type Grant, type WorkerKey } from './grant.ts'
import { createKeyedSealer } from './keyed-sealer.ts'
import type { KeyringHome, KeyringPins } from './keyring-home.ts'
import { judgeEntries, lookForKeyring } from './look-for-keyring.ts'
import {
  deriveNamesKey,
  deriveSessionBytes,
  deriveSessionKey,
  nameSession,
} from './session-keys.ts'
import { expectSpacePassphrase } from './space-passphrase.ts'
import { importKeys, type UnlockedKeys } from './unlocked-keys.ts'
import { unwrapKeyring, withNewEpoch, wrapKeyring } from './wrapped-keyring.ts'
import { entryOfKeyring } from './write-keyring.ts'

/** The keys of a space on one device, once they were opened. */
export interface Keyring {
  readonly sealer: Sealer
  state(): KeyringState
  /**
   * Takes in what comes at the keyring's place while the log is followed, before anything behind it is opened. Entries of
   * other places are ignored.
   */
  take(entries: readonly RemoteEntry[]): Promise<KeyringState>
  /** Reads the keyring's place again. */
  look(): Promise<KeyringState | { readonly kind: 'unreachable'; readonly detail: string }>
  /**
   * Begins a new epoch: whatever is sealed from then on does not open with the keys before. With a passphrase the whole
   * keyring is wrapped anew, and no device opens it without the new one; without one, whoever knows the passphrase and can
   * read the space opens the new epoch too.
   *
   * @throws BackfoldError `INVALID_INPUT` for a passphrase of less than 8 or more than 10,000 characters.
   */
  rotate(passphrase?: string): Promise<Rotated>
  /** The keys of one session, for one worker. */
  grant(session: string, worker: WorkerKey): Promise<Grant>
}

export type KeyringState =
  | { readonly kind: 'open'; readonly generation: number; readonly epoch: number }
  /** Nothing is sealed any more, and nothing newer opened, until the keyring is opened again. */
  | {
      readonly kind: 'locked'
      /** `changed`: with another passphrase, as a rule. */
      readonly reason: 'changed' | 'newer'
      readonly detail: string
    }

export type Rotated =
  | { readonly kind: 'rotated'; readonly generation: number; readonly epoch: number }
  | { readonly kind: 'locked'; readonly detail: string }
  | { readonly kind: 'refused'; readonly detail: string }
  | { readonly kind: 'unreachable'; readonly detail: string }

export interface KeyringPorts {
  readonly space: string
  readonly home: KeyringHome
  readonly pins: KeyringPins
  readonly newId: () => string
  readonly newSalt: () => string
  readonly derive: (passphrase: string, salt: string) => Promise<CryptoKey>
}

/** Epochs ahead of the newest one that are looked for: more would let anybody make a device read without end. */
const MOST_AHEAD = 64
const MOST_TRIES = 5

/** @param position - Of the newest entry at the keyring's place. */
export function createKeyring(
  ports: KeyringPorts,
  unlocked: UnlockedKeys,
  position: number,
): Keyring {
  return new OpenKeyring(ports, unlocked, position)
}

class OpenKeyring implements Keyring {
  readonly sealer: Sealer
  readonly #ports: KeyringPorts
  #keys: UnlockedKeys
  #position: number
  #locked: Extract<KeyringState, { kind: 'locked' }> | undefined
  /** Epochs that were looked for in vain: who writes nonsense is not to be answered each time. */
  readonly #asked = new Set<number>()
  /** What changes the keyring happens one after the other. */
  #last: Promise<unknown> = Promise.resolve()

  constructor(ports: KeyringPorts, unlocked: UnlockedKeys, position: number) {
    this.#ports = ports
    this.#keys = unlocked
    this.#position = position
    this.sealer = createKeyedSealer({
      token: (session) => nameSession(this.#keys.index, session),
      names: (token) => this.#namesOf(token),
      newest: () => this.#newest(),
      key: (token, epoch) => this.#keyOf(token, epoch),
    })
  }

  state(): KeyringState {
    const { generation, epoch } = this.#keys.record
    return this.#locked ?? { kind: 'open', generation, epoch }
  }

  take(entries: readonly RemoteEntry[]): Promise<KeyringState> {
    const ours = entries.filter(isAtKeyring)
    return this.#inTurn(async () => {
      const { verdict, position } = judgeEntries(ours, this.#ports.space, this.#keys.pin)
      // What stands there already comes again when the log is followed from further back.
      await this.#adopt(verdict)
      this.#position = Math.max(this.#position, position)
      return this.state()
    })
  }

  look(): ReturnType<Keyring['look']> {
    return this.#inTurn(() => this.#look())
  }

  async rotate(passphrase?: string): Promise<Rotated> {
    if (passphrase !== undefined) expectSpacePassphrase(passphrase)
    return this.#inTurn(() => this.#rotate(passphrase))
  }

  async grant(session: string, worker: WorkerKey): Promise<Grant> {
    const { epochs, index } = this.#keys
    const token = await nameSession(index, session)
    const keys = await Promise.all(epochs.map((key) => deriveSessionBytes(key, token)))
    return sealGrant({ space: this.#ports.space, token }, keys, worker)
  }

  #inTurn<T>(task: () => Promise<T>): Promise<T> {
    const done = this.#last.then(task)
    this.#last = done.catch(() => undefined)
    return done
  }

  async #newest(): Promise<number> {
    if (this.#locked) throw lockedError(this.#locked)
    return this.#keys.record.epoch
  }

  async #namesOf(token: string): Promise<CryptoKey | undefined> {
    const [first] = this.#keys.epochs
    return first && deriveNamesKey(await deriveSessionBytes(first, token))
  }

  async #keyOf(token: string, epoch: number): Promise<CryptoKey | undefined> {
    if (this.#keys.epochs[epoch - 1] === undefined) await this.#seek(epoch)
    const key = this.#keys.epochs[epoch - 1]
    return key && deriveSessionKey(key, token)
  }

  /** Looks for a keyring with that epoch. Rejects where there may be one that can't be had now. */
  async #seek(epoch: number): Promise<void> {
    if (this.#locked) throw lockedError(this.#locked)
    if (this.#asked.has(epoch) || epoch > this.#keys.record.epoch + MOST_AHEAD) return
    const state = await this.#inTurn(async () => {
      // Another entry of that epoch may have been opened meanwhile.
      if (this.#asked.has(epoch) || this.#keys.epochs[epoch - 1]) return this.state()
      const found = await this.#look()
      if (found.kind === 'open' && epoch > found.epoch) this.#asked.add(epoch)
      return found
    })
    if (state.kind === 'unreachable') {
      throw new BackfoldError('TIMED_OUT', `the keys of the space can't be read: ${state.detail}`)
    }
    if (state.kind === 'locked') throw lockedError(state)
  }

  async #look(): ReturnType<Keyring['look']> {
    const look = await lookForKeyring(this.#ports.home, this.#ports.space, this.#keys.pin)
    if (look.kind === 'unreachable') return look
    const { verdict, position } = look
    await this.#adopt(verdict)
    // A server that shows less than this device has seen is behind, or lies: neither says what is not there.
    if (verdict.kind !== 'candidate' && !this.#locked) {
      return { kind: 'unreachable', detail: 'the server shows earlier keys than were seen' }
    }
    this.#position = Math.max(this.#position, position)
    return this.state()
  }

  async #adopt(verdict: KeyringVerdict): Promise<void> {
    if (verdict.kind === 'refused' && (verdict.reason === 'newer' || verdict.reason === 'weak')) {
      this.#locked = { kind: 'locked', reason: 'newer', detail: verdict.detail }
    }
    if (verdict.kind !== 'candidate' || verdict.pin.generation <= this.#keys.pin.generation) return
    const { record, pin } = verdict
    const { wrapKey, record: known } = this.#keys
    const isOfKey = record.salt === known.salt && record.iterations === known.iterations
    const keys = isOfKey ? await unwrapKeyring(record, wrapKey) : undefined
    if (keys === undefined) {
      const detail = 'the passphrase of this space was changed on another device'
      this.#locked = { kind: 'locked', reason: 'changed', detail }
      return
    }
    await this.#install(await importKeys({ record, pin, wrapKey }, keys))
  }

  async #install(keys: UnlockedKeys): Promise<void> {
    await this.#ports.pins.write(keys.pin)
    this.#keys = keys
    this.#asked.clear()
  }

  async #rotate(passphrase: string | undefined): Promise<Rotated> {
    for (let tries = 0; tries < MOST_TRIES; tries += 1) {
      if (this.#locked) return { kind: 'locked', detail: this.#locked.detail }
      const next = await this.#makeNext(passphrase)
      if (next === undefined) return { kind: 'refused', detail: 'the space has too many epochs' }
      const { entry, pin } = entryOfKeyring(next.keys.record, this.#ports.newId())
      const written = await this.#ports.home.write(entry, this.#position)
      if (written.kind === 'refused') return { kind: 'refused', detail: written.detail }
      if (written.kind === 'stored') {
        this.#position = Math.max(this.#position, written.position)
        await this.#install({ ...next.keys, pin })
        return rotated(this.#keys)
      }
      const look = await lookForKeyring(this.#ports.home, this.#ports.space, this.#keys.pin)
      if (look.kind === 'unreachable') return look
      this.#position = Math.max(this.#position, look.position)
      if (look.verdict.kind === 'candidate' && look.verdict.pin.hash === pin.hash) {
        // It had been written; only the answer was lost.
        await this.#install({ ...next.keys, pin })
        return rotated(this.#keys)
      }
      await this.#adopt(look.verdict)
    }
    return { kind: 'unreachable', detail: 'others write to the keys of this space all the time' }
  }

  /** The keyring that comes next; undefined beyond the most epochs that there may be. */
  async #makeNext(
    passphrase: string | undefined,
  ): Promise<{ readonly keys: UnlockedKeys } | undefined> {
    const { record, pin, wrapKey: held } = this.#keys
    const now = await unwrapKeyring(record, held)
    if (now === undefined || now.epochs.length >= MAX_EPOCHS) return undefined
    const salt = passphrase === undefined ? record.salt : this.#ports.newSalt()
    const iterations = passphrase === undefined ? record.iterations : ITERATIONS
    const wrapKey = passphrase === undefined ? held : await this.#ports.derive(passphrase, salt)
    const keys = withNewEpoch(now)
    const head = { space: record.space, generation: record.generation + 1, iterations, salt }
    const next = await wrapKeyring(head, keys, wrapKey)
    return { keys: await importKeys({ record: next, pin, wrapKey }, keys) }
  }
}

function rotated({ record }: UnlockedKeys): Rotated {
  return { kind: 'rotated', generation: record.generation, epoch: record.epoch }
}

function lockedError({ reason, detail }: Extract<KeyringState, { kind: 'locked' }>): BackfoldError {
  return new BackfoldError(reason === 'newer' ? 'STORAGE_NEWER' : 'WRONG_PASSPHRASE', detail)
}
