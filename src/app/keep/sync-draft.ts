import { readSyncOptions } from '../../client/read-sync-options.ts'
import type { SyncCredentials, SyncOptions } from '../../protocol/sync.ts'
import type { SealedKey } from '../../models/key-vault.ts'
import { isBackfoldError } from '../../core/backfold-error.ts'

export const CREDENTIAL_KINDS = ['none', 'token', 'password', 'jwt'] as const

export type CredentialKind = (typeof CREDENTIAL_KINDS)[number]

/** What a person typed to set sync up. */
export interface SyncDraft {
  /** One address a line. */
  readonly servers: string
  readonly space: string
  readonly deviceName: string
  readonly kind: CredentialKind
  readonly user: string
  /** Token, password or JWT, as the kind has it. */
  readonly secret: string
  readonly seed: string
  readonly isSealed: boolean
  /** Of the space, where it is sealed. */
  readonly passphrase: string
  /** Opens what is kept here of all this; empty to keep nothing secret. */
  readonly keptWith: string
}

export const EMPTY_DRAFT: SyncDraft = {
  servers: '',
  space: '',
  deviceName: '',
  kind: 'none',
  user: '',
  secret: '',
  seed: '',
  isSealed: false,
  passphrase: '',
  keptWith: '',
}

/** What is kept of how sync is set up. Whatever is secret is sealed, or not there. */
export interface KeptSync {
  readonly servers: readonly string[]
  readonly space: string
  readonly deviceName: string
  readonly kind: CredentialKind
  readonly isSealed: boolean
  readonly sealed?: SealedKey
}

/** What of the options is secret. */
export interface SyncSecrets {
  readonly credentials?: SyncCredentials
  readonly passphrase?: string
}

/**
 * The options that a draft says.
 *
 * @throws BackfoldError `INVALID_INPUT` as opening Backfold with them would.
 * @see SPEC.md rule KSYNC1
 */
export function readDraft(draft: SyncDraft, page: string): SyncOptions {
  const { kind, user, secret, seed } = draft
  const space = draft.space.trim()
  const deviceName = draft.deviceName.trim()
  const credentials =
    kind === 'none'
      ? undefined
      : kind === 'token'
        ? ({ kind, token: secret } as const)
        : kind === 'password'
          ? ({ kind, user, password: secret } as const)
          : ({ kind, jwt: secret.trim(), seed: seed.trim() } as const)
  return readSyncOptions(
    {
      servers: draft.servers.split(/\s+/).filter((line) => line !== ''),
      ...(space !== '' && { space }),
      ...(deviceName !== '' && { deviceName }),
      ...(credentials && { credentials }),
      ...(draft.isSealed && { encrypt: { passphrase: draft.passphrase } }),
    },
    page,
  )
}

/** What is wrong with a draft, in a sentence; null if nothing. @see SPEC.md rule KSYNC1 */
export function judgeDraft(draft: SyncDraft, page: string): string | null {
  try {
    readDraft(draft, page)
    return null
  } catch (failure) {
    if (!isBackfoldError(failure)) throw failure
    const said = failure.message.replaceAll('`', '')
    return `${said.charAt(0).toUpperCase()}${said.slice(1)}.`
  }
}

/** The draft that was kept, to be changed; what is secret has to be typed again. */
export function draftOf({ servers, space, deviceName, kind, isSealed }: KeptSync): SyncDraft {
  return { ...EMPTY_DRAFT, servers: servers.join('\n'), space, deviceName, kind, isSealed }
}

/** Options without and with what is secret, of what was kept. */
export function joinSync(
  { servers, space, deviceName }: KeptSync,
  { credentials, passphrase }: SyncSecrets,
): SyncOptions {
  return {
    servers,
    space,
    deviceName,
    ...(credentials && { credentials }),
    ...(passphrase !== undefined && { encrypt: { passphrase } }),
  }
}

/** Whether something secret belongs to it. */
export function hasSecrets({ kind, isSealed }: Pick<KeptSync, 'kind' | 'isSealed'>): boolean {
  return kind !== 'none' || isSealed
}
