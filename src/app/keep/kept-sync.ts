import { openKey, sealKey } from '../../models/key-vault.ts'
import { readSyncCredentials } from '../../client/read-sync-options.ts'
import type { SyncCredentials, SyncOptions } from '../../protocol/sync.ts'
import type { KeepWorld } from './keep-world.ts'
import { CREDENTIAL_KINDS, type KeptSync, type SyncSecrets } from './sync-draft.ts'

const NAME = 'backfold-app-sync'
const MOST_STORED = 100_000
const MOST_SERVERS = 20

/** How sync is set up, as it is kept in this browser: what is secret only with a passphrase around it. */
export interface KeptSyncStore {
  read(): KeptSync | null
  /** @param keptWith - Opens what is secret again; without it nothing secret is kept. */
  write(options: SyncOptions, keptWith: string): Promise<void>
  forget(): void
}

/** @see SPEC.md rules KSYNC2, KSYNC3 */
export function createKeptSync(storage: KeepWorld['storage']): KeptSyncStore {
  return {
    read() {
      try {
        const text = storage.getItem(NAME)
        return text === null || text.length > MOST_STORED ? null : readKept(JSON.parse(text))
      } catch {
        return null
      }
    },
    async write(options, keptWith) {
      const { servers, space = 'default', deviceName = '', credentials, encrypt } = options
      const secrets: SyncSecrets = {
        ...(credentials && { credentials }),
        ...(encrypt && { passphrase: encrypt.passphrase }),
      }
      const isSecret = credentials !== undefined || encrypt !== undefined
      const sealed =
        isSecret && keptWith !== '' ? await sealKey(JSON.stringify(secrets), keptWith) : undefined
      const kept: KeptSync = {
        servers: typeof servers === 'string' ? [servers] : servers,
        space,
        deviceName,
        kind: credentials?.kind ?? 'none',
        isSealed: encrypt !== undefined,
        ...(sealed && { sealed }),
      }
      storage.setItem(NAME, JSON.stringify(kept))
    },
    forget() {
      try {
        storage.setItem(NAME, '')
      } catch {
        // Where storage is forbidden nothing was kept.
      }
    },
  }
}

/** What a passphrase opens of what is kept; null if it is not the one, or what was kept is damaged. */
export async function openSecrets(kept: KeptSync, passphrase: string): Promise<SyncSecrets | null> {
  const opened = await openKey(kept.sealed, passphrase)
  if (opened.kind !== 'opened') return null
  try {
    const { credentials, passphrase: own } = fieldsOf(JSON.parse(opened.key))
    return {
      ...(credentials !== undefined && {
        credentials: readSyncCredentials(credentials as SyncCredentials),
      }),
      ...(typeof own === 'string' && { passphrase: own }),
    }
  } catch {
    return null
  }
}

function readKept(stored: unknown): KeptSync | null {
  const { servers, space, deviceName, kind, isSealed, sealed } = fieldsOf(stored)
  if (!Array.isArray(servers) || servers.length === 0 || servers.length > MOST_SERVERS) return null
  const addresses = servers.filter((one): one is string => typeof one === 'string')
  const known = CREDENTIAL_KINDS.find((one) => one === kind)
  if (addresses.length !== servers.length || known === undefined) return null
  if (typeof space !== 'string' || typeof deviceName !== 'string') return null
  return {
    servers: addresses,
    space,
    deviceName,
    kind: known,
    isSealed: isSealed === true,
    // What opens it checks it.
    ...(sealed !== undefined && { sealed: sealed as NonNullable<KeptSync['sealed']> }),
  }
}

function fieldsOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {}
}
