import { decode, encodeAccount, encodeOperator, encodeUser, type User } from '@nats-io/jwt'
import { createAccount, createOperator, createUser, type KeyPair } from '@nats-io/nkeys'

/** What a device gets: as sync takes it. */
export interface UserCredentials {
  readonly kind: 'jwt'
  readonly jwt: string
  readonly seed: string
}

/** Who may do what on a server in operator mode, as an application's token endpoint would decide it. */
export interface Authority {
  /** For the server's configuration: two accounts, each with JetStream. */
  readonly config: string
  /** May do everything in an account. */
  admin(account?: AccountName): Promise<UserCredentials>
  /** May use one space of an account, and nothing else, for so many seconds, an hour by default. */
  user(space: string, wish?: UserWish): Promise<UserCredentials>
  /** Takes from a user what it was given; returns the configuration that says so, of these and all that were revoked before. */
  revoke({ jwt }: UserCredentials): Promise<string>
}

export type AccountName = 'people' | 'strangers'

export interface UserWish {
  readonly account?: AccountName
  readonly seconds?: number
  readonly connections?: User['allowed_connection_types']
}

const NO_STORAGE = {
  subs: -1,
  data: -1,
  payload: -1,
  imports: -1,
  exports: -1,
  wildcards: true,
  conn: -1,
  leaf: -1,
}

const LIMITS = { ...NO_STORAGE, mem_storage: -1, disk_storage: -1, streams: -1, consumer: -1 }

export async function createAuthority(): Promise<Authority> {
  const operator = createOperator()
  const keys = { people: createAccount(), strangers: createAccount() }
  const system = createAccount()
  const revocations: Record<string, number> = {}
  const writeConfig = async (): Promise<string> => {
    const preloaded = await Promise.all(
      Object.entries({ ...keys, system }).map(async ([name, key]) => {
        // The server's own account must not store anything.
        const limits = name === 'system' ? NO_STORAGE : LIMITS
        const jwt = await encodeAccount(name, key, { limits, revocations }, { signer: operator })
        return `${key.getPublicKey()}: ${jwt}`
      }),
    )
    return [
      `operator: ${await encodeOperator('operator', operator)}`,
      `system_account: ${system.getPublicKey()}`,
      'resolver: MEMORY',
      `resolver_preload: {\n${preloaded.join('\n')}\n}`,
    ].join('\n')
  }
  return {
    config: await writeConfig(),
    revoke({ jwt }) {
      // What it was given until now, by the server's clock.
      revocations[decode<User>(jwt).sub] = Math.ceil(Date.now() / 1_000) + 1
      return writeConfig()
    },
    admin: (account = 'people') => issue(keys[account], {}, 3_600),
    user(space, { account = 'people', seconds = 3_600, connections } = {}) {
      const types = connections ? { allowed_connection_types: connections } : {}
      return issue(keys[account], types, seconds, space)
    },
  }
}

async function issue(
  account: KeyPair,
  more: Partial<User>,
  seconds: number,
  space?: string,
): Promise<UserCredentials> {
  const key = createUser()
  const id = key.getPublicKey()
  const permissions = space === undefined ? {} : permissionsFor(space, id)
  const exp = Math.floor(Date.now() / 1000) + seconds
  const jwt = await encodeUser(space ?? 'admin', key, account, { ...permissions, ...more }, { exp })
  return { kind: 'jwt', jwt, seed: new TextDecoder().decode(key.getSeed()) }
}

/** All that a device needs for one space of the stream. Names of readers are secret, so nothing may list them. */
function permissionsFor(space: string, id: string): Partial<User> {
  const publish = [
    `bf.${space}.>`,
    '$JS.API.INFO',
    `$JS.API.CONSUMER.CREATE.BF.*.bf.${space}.>`,
    `$JS.API.DIRECT.GET.BF.bf.${space}.>`,
    '$JS.API.DIRECT.GET.BF.bf.incarnation',
    '$JS.API.CONSUMER.MSG.NEXT.BF.*',
    '$JS.API.CONSUMER.INFO.BF.*',
    '$JS.API.CONSUMER.DELETE.BF.*',
  ]
  return { pub: { allow: publish }, sub: { allow: [`_INBOX_${id}.>`] } }
}
