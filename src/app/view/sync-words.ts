import type { SyncDevice, SyncPhase, SyncStatus } from '../../protocol/sync.ts'
import type { KeptSession } from '../keep/kept-session.ts'
import { messagesText } from './count-text.ts'

/** How sync stands, in words, and how much somebody should mind. */
export interface SyncWords {
  readonly tone: 'calm' | 'busy' | 'warn' | 'bad'
  readonly title: string
  /** Empty where the title says all. */
  readonly detail: string
}

const PHASES: Readonly<Record<SyncPhase, Omit<SyncWords, 'detail'>>> = {
  off: { tone: 'calm', title: 'Sync is off' },
  connecting: { tone: 'busy', title: 'Connecting …' },
  'catching-up': { tone: 'busy', title: 'Catching up …' },
  online: { tone: 'calm', title: 'In sync' },
  offline: { tone: 'warn', title: 'The server can’t be reached' },
  refused: { tone: 'bad', title: 'The server refuses this device' },
}

const DETAILS: Readonly<Partial<Record<SyncPhase, string>>> = {
  'catching-up':
    'What other devices said meanwhile is being read, and what is pending is being sent.',
  offline: 'You can go on: what you do is kept here and sent later. It is tried again by itself.',
  refused: 'You can go on: what you do is kept here. Somebody has to do something first.',
}

/** @see SPEC.md rule KSYNC7 */
export function phaseWords({
  phase,
  reason,
  lacking,
}: Pick<SyncStatus, 'phase' | 'reason' | 'lacking'>): SyncWords {
  if (phase === 'online' && lacking > 0) {
    const but = count(lacking, 'session', 'sessions')
    return { tone: 'warn', title: `In sync, but for ${but}`, detail: '' }
  }
  const detail = [reason === undefined ? '' : sentence(reason), DETAILS[phase] ?? '']
  return { ...PHASES[phase], detail: detail.filter((part) => part !== '').join(' ') }
}

/** What there is to know besides, a sentence each. @see SPEC.md rule KSYNC7 */
export function statusLines(status: SyncStatus): readonly string[] {
  const { pending, sessionsPending, conflicts, ignored, lacking, server } = status
  return [
    pending === 0
      ? 'Everything that was done here is on the server.'
      : `${count(pending, 'message or change', 'messages and changes')} of ${count(sessionsPending, 'session', 'sessions')} not sent yet.`,
    server === undefined ? '' : `The server has version ${server.version}.`,
    conflicts === 0
      ? ''
      : `${count(conflicts, 'change', 'changes')} made here gave way to another device’s.`,
    ignored === 0
      ? ''
      : `${count(ignored, 'entry', 'entries')} on the server made no sense or did not open, and ${ignored === 1 ? 'was' : 'were'} passed over.`,
    lacking === 0
      ? ''
      : `The server lacks messages of ${count(lacking, 'session', 'sessions')}: a device that has them will say them again.`,
  ].filter((line) => line !== '')
}

/** What there is to know of one session, in words. */
export interface SessionSyncWords {
  readonly id: string
  readonly name: string
  readonly text: string
  readonly isLacking: boolean
}

/** Sessions of which there is something to know, those that wait for somebody first. @see SPEC.md rule KSYNC12 */
export function sessionWords(
  sessions: readonly Pick<KeptSession, 'id' | 'name' | 'pending' | 'conflicts' | 'isLacking'>[],
): readonly SessionSyncWords[] {
  return sessions
    .filter(({ pending, conflicts, isLacking }) => isLacking || pending + conflicts > 0)
    .toSorted(
      (a, b) =>
        Number(b.isLacking) - Number(a.isLacking) ||
        b.pending - a.pending ||
        b.conflicts - a.conflicts,
    )
    .map(({ id, name, pending, conflicts, isLacking }) => ({
      ...{ id, name, isLacking },
      text: [
        isLacking ? 'waits for messages that the server lacks' : '',
        pending === 0 ? '' : `${pending} not sent yet`,
        conflicts === 0 ? '' : `${count(conflicts, 'change', 'changes')} gave way`,
      ]
        .filter((part) => part !== '')
        .join(', '),
    }))
}

/** What a small mark in the frame says; null where there is nothing to mind. @see SPEC.md rule KSYNC8 */
export function frameMark(
  { phase, pending, lacking }: Pick<SyncStatus, 'phase' | 'pending' | 'lacking'>,
  isLocked: boolean,
): { readonly tone: 'warn' | 'bad'; readonly text: string } | null {
  if (isLocked) return { tone: 'warn', text: 'Sync is locked' }
  if (phase === 'refused') return { tone: 'bad', text: 'Sync is refused' }
  if (phase === 'online' && lacking > 0) {
    return { tone: 'warn', text: count(lacking, 'session waits', 'sessions wait') }
  }
  if (phase !== 'offline') return null
  return {
    tone: 'warn',
    text: pending === 0 ? 'Offline' : `Offline, ${pending} not sent`,
  }
}

/** What is said of messages at the end of a session; empty where all are sent. @see SPEC.md rule KSYNC9 */
export function unsentText(newest: number, confirmed: number): string {
  const unsent = newest - confirmed
  if (unsent <= 0) return ''
  return unsent === 1
    ? 'The last message is not sent yet'
    : `The last ${messagesText(unsent)} are not sent yet`
}

/** Devices as they are listed: this one first, then those that were heard of last; removed ones at the end. */
export function listDevices(
  devices: readonly SyncDevice[],
  own: string | undefined,
): readonly SyncDevice[] {
  const rank = ({ id, isRemoved }: SyncDevice): number => (id === own ? 0 : isRemoved ? 2 : 1)
  return devices.toSorted(
    (a, b) => rank(a) - rank(b) || b.seenAt - a.seenAt || (a.id < b.id ? -1 : 1),
  )
}

function sentence(text: string): string {
  const trimmed = text.trim()
  return /[.!?…]$/.test(trimmed) ? trimmed : `${trimmed}.`
}

function count(n: number, one: string, many: string): string {
  return `${n} ${n === 1 ? one : many}`
}
