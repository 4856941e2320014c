import type { RemotePlace } from '../../core/ports/remote-log.ts'
import type { Channel } from '../../core/sync/sync-record.ts'

const LETTERS: Readonly<Record<Channel, string>> = { log: 'm', rows: 'r', heads: 'g', claims: 'l' }

const CHANNELS: ReadonlyMap<string, Channel> = new Map(
  (Object.keys(LETTERS) as Channel[]).map((channel) => [LETTERS[channel], channel]),
)

/** What stands for parts of large entries, in the place of a channel. */
const PARTS = 'c'

/** What is said at a subject. */
export type Spoken =
  | { readonly kind: 'entry'; readonly place: RemotePlace }
  | { readonly kind: 'part'; readonly token: string }
  | { readonly kind: 'nothing' }

/** Where an entry is published. */
export function subjectOf(space: string, { token, channel }: RemotePlace): string {
  return `bf.${space}.${token}.${LETTERS[channel]}`
}

/** Where parts of a session's large entries are published. */
export function partsSubjectOf(space: string, token: string): string {
  return `bf.${space}.${token}.${PARTS}`
}

/** Everything of a space. */
export function spaceFilter(space: string): string {
  return `bf.${space}.>`
}

/** Everything of one session. */
export function sessionFilter(space: string, token: string): string {
  return `bf.${space}.${token}.>`
}

/** What is said at a subject of the space; whoever may write may make up others. */
export function readSubject(space: string, subject: string): Spoken {
  const [, , token, letter, ...more] = subject.split('.')
  const isOurs = subject.startsWith(`bf.${space}.`) && token !== undefined && more.length === 0
  if (!isOurs || letter === undefined) return { kind: 'nothing' }
  if (letter === PARTS) return { kind: 'part', token }
  const channel = CHANNELS.get(letter)
  return channel ? { kind: 'entry', place: { token, channel } } : { kind: 'nothing' }
}

/** Whether these can be parts of a subject. */
export function isSubjectToken(text: string): boolean {
  return /^[\w-]{1,64}$/.test(text)
}
