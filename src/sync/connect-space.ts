import { BackfoldError } from '../core/backfold-error.ts'
import type { Clock } from '../core/ports/clock.ts'
import type { Random } from '../core/ports/random.ts'
import type { RemoteEntry } from '../core/ports/remote-log.ts'
import type { SyncJournal } from '../core/ports/sync-journal.ts'
import { failureText } from '../engine/failure-text.ts'
import type { SyncSetup } from '../protocol/sync-desk.ts'
import type { SyncCredentials } from '../protocol/sync.ts'
import { connectionState, upState } from './nats/connection-state.ts'
import type { NatsLog, NatsOptions } from './nats/nats-options.ts'
import { reachSpace } from './nats/reach-space.ts'
import { createPlainSealer } from './plain-sealer.ts'
import type { Connected, ConnectRemote } from './remote-connection.ts'
import { createKeyringHome } from './seal/keyring-home-over-log.ts'
import type { KeyringHome } from './seal/keyring-home.ts'
import type { Keyring } from './seal/keyring.ts'
import { openKeyring } from './seal/open-keyring.ts'
import { createSpaceBook } from './seal/space-book.ts'
import type { Sealer } from './sealer.ts'
import { offerFold, type OfferPorts } from './fleet/offer-fold.ts'
import { readWhole } from './seal/read-whole.ts'
import { SPACE_ROWS } from '../core/sync/space-record.ts'

export interface SpacePorts {
  readonly clock: Clock
  readonly random: Random
  /** Knows who this device is, and what it has seen of the space's keys. */
  readonly journal: Pick<SyncJournal, 'read' | 'keyringPin' | 'putKeyringPin'>
}

type NotOpened = Exclude<Connected, { readonly kind: 'connected' }>

/**
 * The way to the space of a setup. A connection that is lost is made anew by itself; what came of it is reported.
 *
 * Nothing is ever sent as it is where the setup or the space says that it is sealed.
 *
 * @see SPEC.md rules CSYNC17, CSYNC18, CSYNC24
 */
export function connectSpace(setup: SyncSetup, ports: SpacePorts): ConnectRemote {
  let now = setup
  return async (newer, report) => {
    const options = reachOf(setup, newer)
    const { log, state } = await reachSpace(options, (next) => {
      const told = connectionState(next, setup.space)
      if (told) report(told)
    })
    if (state.kind !== 'online') {
      await log.close()
      const { reason } = state
      return { kind: state.kind === 'refused' ? 'refused' : 'unreachable', reason }
    }
    const renewed = (passphrase: string): void => void (now = { ...now, encrypt: { passphrase } })
    const opened = await openSpace(now, ports, log, options, renewed).catch((failure: unknown) => ({
      kind: 'unreachable' as const,
      reason: failureText(failure),
    }))
    if (opened.kind !== 'connected') {
      await log.close()
      return opened
    }
    const { kind: _, ...found } = upState(state, setup.space)
    return { ...opened, ...found }
  }
}

function reachOf(
  { servers, space, credentials: first }: SyncSetup,
  newer: SyncCredentials | undefined,
): NatsOptions {
  const credentials = newer ?? first
  return { servers, space, ...(credentials && { credentials }) }
}

/** Opens the keys of a space, reads who its devices are, and says that this is one of them. */
async function openSpace(
  setup: SyncSetup,
  ports: SpacePorts,
  log: NatsLog,
  options: NatsOptions,
  renewed: (passphrase: string) => void,
): Promise<Connected> {
  let said: readonly RemoteEntry[] = []
  const home = createKeyringHome(log, async () => {
    said = await readSpaceEntries(options, ports.clock)
    return said
  })
  const keys = await openKeys(setup, ports, home)
  if (keys.kind !== 'keys') return keys
  const { keyring } = keys
  const sealer = keyring?.sealer ?? createPlainSealer()
  const book = createSpaceBook({
    log,
    sealer,
    ...(keyring && { keyring }),
    newId: () => ports.random.id(),
    now: () => ports.clock.now(),
  })
  // What is said behind it comes by following.
  await book.look(said)
  const device = await ports.journal.read()
  if (device) await book.announce({ id: device.device, name: setup.deviceName })
  return {
    kind: 'connected',
    log,
    sealer,
    renew: log.renew,
    retry: log.retry,
    look: book.look,
    devices: {
      ...book,
      async remove(id, passphrase) {
        if (passphrase !== undefined && passphrase === setup.encrypt?.passphrase) {
          throw new BackfoldError(
            'INVALID_INPUT',
            'the device that is removed knows that passphrase',
          )
        }
        await book.remove(id, passphrase)
        if (passphrase !== undefined) renewed(passphrase)
      },
    },
    ...(setup.fold === 'fleet' && {
      offer: (row) => offerFold(offerPorts(setup, log, keyring, sealer), row),
    }),
  }
}

function offerPorts(
  { space, workerKey }: SyncSetup,
  { queue }: NatsLog,
  keyring: Keyring | undefined,
  sealer: Sealer,
): OfferPorts {
  return {
    queue,
    space,
    token: (session) => sealer.token(session),
    ...(keyring &&
      workerKey !== undefined && { grant: (session) => keyring.grant(session, workerKey) }),
  }
}

const CHANGED =
  'The passphrase does not open this space any more: it was changed on another device. The new one is needed here, too.'

type Keys = { readonly kind: 'keys'; readonly keyring: Keyring | undefined } | NotOpened

async function openKeys(setup: SyncSetup, ports: SpacePorts, home: KeyringHome): Promise<Keys> {
  const { space, encrypt } = setup
  if (!encrypt) {
    const isSealed = (await home.read()).length > 0
    return isSealed
      ? { kind: 'refused', reason: 'This space is sealed: its passphrase is missing.' }
      : { kind: 'keys', keyring: undefined }
  }
  const opened = await openKeyring({
    space,
    passphrase: encrypt.passphrase,
    home,
    pins: {
      read: () => ports.journal.keyringPin(space),
      write: (pin) => ports.journal.putKeyringPin(space, pin),
    },
    newId: () => ports.random.id(),
  })
  switch (opened.kind) {
    case 'open':
      return { kind: 'keys', keyring: opened.keyring }
    case 'wrong-passphrase': {
      const isKnown = (await ports.journal.keyringPin(space)) !== undefined
      return {
        kind: 'refused',
        reason: isKnown ? CHANGED : 'The passphrase does not open this space.',
      }
    }
    case 'refused':
      return { kind: 'refused', reason: opened.detail }
    case 'unreachable':
      return { kind: 'unreachable', reason: opened.detail }
  }
}

/** All that the space says of itself, over a connection that sees nothing else and is closed then. */
async function readSpaceEntries(
  options: NatsOptions,
  clock: Clock,
): Promise<readonly RemoteEntry[]> {
  const { log } = await reachSpace({ ...options, session: SPACE_ROWS.token }, () => {})
  try {
    return await readWhole(log, clock)
  } finally {
    await log.close()
  }
}
