import type { RemoteEntry } from '../../../src/core/ports/remote-log.ts'
import { pendingOf } from '../../../src/core/sync/pending-of.ts'
import { parse, readSaid, type SaidSession } from '../../sim/sync/said.ts'
import type { ChaosDevice } from './chaos-device.ts'

/** What a run came to, for whoever asks how much was tried. */
export interface Figures {
  readonly messages: number
  readonly lost: number
  /** Messages that some device has twice. */
  readonly doubled: number
  /** Heads that were stored behind one that another had been stored behind before. */
  readonly doubleWinners: number
  readonly heads: number
}

export interface Verdict {
  /** What is not as it has to be; empty where all is well. */
  readonly wrong: readonly string[]
  readonly figures: Figures
}

/**
 * Compares what devices have with what the server's entries say, read from the beginning by a reading that shares no line with
 * the core, and with what their hosts were told to be stored.
 *
 * @param speakers - Devices whose hosts appended; those of `devices` that did are among them.
 * @param gone - Sessions that were deleted, with the messages that are gone with them.
 */
export async function checkSpace(
  devices: readonly ChaosDevice[],
  speakers: readonly ChaosDevice[],
  entries: readonly RemoteEntry[],
  gone: ReadonlySet<string>,
): Promise<Verdict> {
  const { sessions } = readSaid(entries)
  const wrong: string[] = []
  const texts = new Map(speakers.flatMap(({ tried }) => [...tried]))
  let doubled = 0
  for (const device of devices) {
    for (const early of device.early) wrong.push(`${device.name}: ${early}`)
    const { phase, pending, lacking, ignored } = device.status()
    if (phase !== 'online') wrong.push(`${device.name} is ${phase}`)
    if (pending + lacking + ignored > 0) {
      wrong.push(`${device.name}: ${pending} pending, ${lacking} lacking, ${ignored} ignored`)
    }
    const rows = (await device.store.listSessions()).filter(({ nextSeq }) => nextSeq > 1)
    const ids = rows.map(({ id }) => id).toSorted()
    const said = [...sessions.keys()].toSorted()
    if (ids.join() !== said.join()) {
      wrong.push(`${device.name} has ${ids.join()}, the server ${said.join()}`)
    }
    for (const [id, session] of sessions) {
      const differing = await compare(device, id, session, texts)
      wrong.push(...differing.wrong)
      doubled += differing.doubled
    }
  }
  wrong.push(...(await compareAll(devices, [...sessions.keys()])))
  const lost = findLost(speakers, sessions, gone)
  wrong.push(...lost, ...findDisorder(speakers, sessions, gone))
  const { heads, doubleWinners } = countHeads(entries)
  if (doubleWinners.length > 0) wrong.push(`won twice: ${doubleWinners.join()}`)
  const messages = [...sessions.values()].reduce((sum, { log }) => sum + log.length, 0)
  const figures = { messages, lost: lost.length, doubled, heads }
  return { wrong, figures: { ...figures, doubleWinners: doubleWinners.length } }
}

async function compare(
  device: ChaosDevice,
  id: string,
  said: SaidSession,
  texts: ReadonlyMap<string, string>,
): Promise<{ readonly wrong: readonly string[]; readonly doubled: number }> {
  const where = `${device.name}, ${id}`
  const wrong: string[] = []
  const query = { session: id, range: { from: 1, to: Infinity }, head: true } as const
  const { session: row, range, head } = await device.store.read(query)
  const own = range.map((message) => `${message.id}${message.active ? '' : ' left'}`)
  const remote = said.log.map((message) => `${message.id}${message.isActive ? '' : ' left'}`)
  if (own.join() !== remote.join())
    wrong.push(`${where} has\n${own.join()}\nthe server\n${remote.join()}`)
  for (const message of range) {
    const [part] = message.parts
    const text = part?.type === 'text' ? part.text : ''
    if (text !== texts.get(message.id)) wrong.push(`${where}: ${message.id} says something else`)
  }
  if (row && pendingOf(row) > 0) wrong.push(`${where}: ${pendingOf(row)} pending`)
  if (row?.sync?.head.id !== said.headRecord) {
    wrong.push(`${where}: the head is ${row?.sync?.head.id}, on the server ${said.headRecord}`)
  }
  if ((head?.record ?? '') !== said.head) {
    wrong.push(`${where}: folded by ${head?.record}, not ${said.head}`)
  }
  return { wrong, doubled: own.length - new Set(range.map((message) => message.id)).size }
}

/** All that devices share of a session is the same on each of them. */
async function compareAll(
  devices: readonly ChaosDevice[],
  sessions: readonly string[],
): Promise<readonly string[]> {
  const wrong: string[] = []
  for (const session of sessions) {
    const states = await Promise.all(devices.map((device) => describe(device, session)))
    for (const [at, state] of states.entries()) {
      if (state !== states[0]) wrong.push(`${session} differs:\n${states[0]}\n${at}: ${state}`)
    }
  }
  return wrong
}

async function describe({ store }: ChaosDevice, session: string): Promise<string> {
  const { session: row, head } = await store.read({ session, head: true })
  const { record, mark, covered, coverage, digest } = head ?? {}
  const { pins, details, tokens, messages, chain } = row ?? {}
  return JSON.stringify({
    head: { record, mark, covered, coverage, digest },
    ...{ pins, details, messages, chain },
    log: tokens?.log,
  })
}

function findLost(
  speakers: readonly ChaosDevice[],
  sessions: ReadonlyMap<string, SaidSession>,
  gone: ReadonlySet<string>,
): readonly string[] {
  return speakers.flatMap(({ receipts }) =>
    receipts
      .filter(({ session, id }) => !gone.has(id) && !hasMessage(sessions.get(session), id))
      .map(({ id }) => `${id} is lost`),
  )
}

function hasMessage(session: SaidSession | undefined, id: string): boolean {
  return session?.log.some((message) => message.id === id) ?? false
}

/** What a device said of a session comes in the order in which its host was told that it is stored. */
function findDisorder(
  speakers: readonly ChaosDevice[],
  sessions: ReadonlyMap<string, SaidSession>,
  gone: ReadonlySet<string>,
): readonly string[] {
  const wrong: string[] = []
  for (const { name, receipts } of speakers) {
    for (const [session, { log }] of sessions) {
      const told = receipts.filter(
        (receipt) => receipt.session === session && !gone.has(receipt.id),
      )
      const ids = new Set(told.map(({ id }) => id))
      const stored = log.flatMap(({ id }) => (ids.has(id) ? [id] : []))
      if (stored.join() !== told.map(({ id }) => id).join()) {
        wrong.push(
          `${name}, ${session}: said\n${told.map(({ id }) => id).join()}\nstored\n${stored.join()}`,
        )
      }
    }
  }
  return wrong
}

/** Of those who commit behind the same head one wins: no two are stored behind it. */
function countHeads(entries: readonly RemoteEntry[]): {
  readonly heads: number
  readonly doubleWinners: readonly string[]
} {
  const taken = new Set<string>()
  const doubleWinners: string[] = []
  const heads = entries.filter(({ channel }) => channel === 'heads')
  for (const entry of heads) {
    const record = parse(entry)
    if (record?.kind !== 'generation' && record?.kind !== 'rollback') continue
    const behind = `${record.session} ${record.since ?? 0} ${record.parent}`
    if (taken.has(behind)) doubleWinners.push(record.id)
    taken.add(behind)
  }
  return { heads: heads.length, doubleWinners }
}
