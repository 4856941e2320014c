import fc from 'fast-check'
import { expect, test } from 'vitest'
import { digestLine } from '../../../../src/core/compaction/digest-lines.ts'
import { mergeRules, settleRules } from '../../../../src/core/memory/vault/settle-rules.ts'
import type { Write } from '../../../../src/core/ports/session-store.ts'
import { assistant, calls, result, system, user } from '../../../support/build-log.ts'
import { SyncDevice } from '../../../support/sync-device.ts'
import { SyncSpace } from '../../../support/sync-space.ts'

interface Step {
  readonly device: number
  readonly what: (typeof STEPS)[number]
  readonly a: number
  readonly b: number
}

const STEPS = [
  'append',
  'append',
  'append',
  'system',
  'shared',
  'exchange',
  'branch',
  'pin',
  'unpin',
  'note',
  'proposal',
  'rule',
  'said',
  'fact',
  'pad',
  'removePad',
  'describe',
  'fold',
  'forced',
  'rollback',
  'deliver',
  'deliver',
  'deliver',
  'flush',
  'flush',
  'flush',
  'double',
  'litter',
  'settle',
] as const

const step: fc.Arbitrary<Step> = fc.record({
  device: fc.nat(3),
  what: fc.constantFrom(...STEPS),
  a: fc.nat(12),
  b: fc.nat(12),
})

/** What it does to the devices and the space. */
async function run(
  { what, a, b }: Step,
  device: SyncDevice,
  space: SyncSpace,
  all: readonly SyncDevice[],
): Promise<unknown> {
  switch (what) {
    case 'append':
      return device.append(
        ...Array.from({ length: 1 + (a % 3) }, (_, i) => user(`said ${a} ${b + i}`)),
      )
    case 'system':
      return device.append(system(`be kind ${a}`))
    case 'shared':
      return appendShared(device, a)
    case 'exchange':
      return device.append(calls(`c${a}`), result(`c${a}`), assistant('done'))
    case 'branch':
      return device.branch(a)
    case 'pin':
      return device.pin(a, true)
    case 'unpin':
      return device.pin(a, false)
    case 'note':
      return device.note(`note ${device.name} ${a} ${b}`)
    case 'proposal':
      return propose(device, a)
    case 'rule':
      return device.rule(`rule ${a % 3}`, { quote: `${device.name} ${b}` })
    case 'said':
      return sayRule(device, a, b)
    case 'fact':
      return device.fact(`fact ${a % 3}`, `${device.name} ${b}`)
    case 'pad':
      return device.pad(`pad ${device.name} ${a} ${b}`)
    case 'removePad':
      return device.removePad(a)
    case 'describe':
      return device.describe(`title ${device.name} ${a}`)
    case 'fold':
      return device.fold('confirmed')
    case 'forced':
      return device.fold('anything')
    case 'rollback':
      return device.rollBack(a)
    case 'deliver':
      return space.deliver(device, 1 + (a % 4), 1 + b, a % 3)
    case 'flush':
      return space.flush(device, 1 + a)
    case 'double':
      space.double(a)
      return undefined
    case 'litter':
      space.litter((['log', 'rows', 'heads', 'claims'] as const)[a % 4] ?? 'log')
      return undefined
    case 'settle':
      return a < 3 ? space.settle(all) : undefined
  }
}

/** Rules of which the later ones supersede the earlier, said by two active messages, as a fold would find them. */
async function sayRule(device: SyncDevice, a: number, b: number): Promise<void> {
  const quote = RULES[a % RULES.length] ?? ''
  await device.change((read, session) => {
    const active = read.range.flatMap(({ active: is, seq }) => (is ? [seq] : []))
    const said = [active[b % active.length] ?? 1, active.at(-1) ?? 1]
    if (active.length === 0) return []
    const lines = said.map((seq) => digestLine('rules', `“${quote}”`, seq, 1))
    return mergeRules(read.rules, settleRules(session.id, read.rules, lines)).map((row): Write => ({
      table: 'rules',
      row,
    }))
  })
}

const RULES = ['Always use yarn.', 'Use pnpm instead of yarn.', 'Use bun instead of pnpm.']

/** A message whose id the host has given, so that other devices may have said something by it. */
async function appendShared(device: SyncDevice, a: number): Promise<void> {
  const id = `host ${a % 4}`
  if ((await device.read()).range.some((message) => message.id === id)) return
  await device.append({ ...user(a < 6 ? 'the same' : `by ${device.name}`), id })
}

/** A proposal, and a rule that names it. */
async function propose(device: SyncDevice, a: number): Promise<void> {
  await device.note(`proposal ${device.name} ${a}`, 'rule-proposal')
  const { notes } = await device.read()
  const proposal = notes.at(-1)?.n
  if (proposal !== undefined) await device.rule(`proposed ${device.name} ${a}`, { proposal })
}

async function simulate(count: number, steps: readonly Step[]): Promise<void> {
  const space = new SyncSpace()
  const devices = ['a', 'b', 'c', 'd'].slice(0, count).map((name) => new SyncDevice(name))
  const names = devices.map(({ name }) => name)
  for (const [index, one] of steps.entries()) {
    const device = devices[one.device % count]
    if (!device) continue
    await run(one, device, space, devices)
    expect(await device.problems(), `${device.name} after step ${index}, ${one.what}`).toEqual([])
  }
  // Whatever they sent, or think they have.
  const said = new Set<string>()
  for (const device of devices) for (const { id } of (await device.read()).range) said.add(id)
  await space.settle(devices)
  const [first, ...others] = await Promise.all(devices.map((device) => device.agreed()))
  for (const [index, other] of others.entries()) {
    expect(other, `${names[index + 1]} and ${names[0]}`).toEqual(first)
  }
  for (const device of devices) {
    expect(await device.problems()).toEqual([])
    const { session, range, rules } = await device.read()
    expect(range.map(({ seq }) => seq)).toEqual(range.map((_, index) => index + 1))
    expect(range.map(({ id }) => id).toSorted()).toEqual([...said].toSorted())
    expect(session?.sync?.unsent ?? []).toEqual([])
    if (session) expect(session.head).toBe(session.sync?.head.generation)
    const left = new Set(range.flatMap(({ active, seq }) => (active ? [] : [seq])))
    for (const rule of rules) {
      // What was said by hand may have been told by nobody, or of what had left by then.
      const isSaid = rule.status === 'removed' || !rule.sources.some((seq) => left.has(seq))
      expect(isSaid, `${rule.id} of ${device.name}`).toBe(true)
    }
  }
}

test('[SYNC1] devices that did anything in any order agree on everything once they have heard all', async () => {
  const runs = fc.asyncProperty(
    fc.integer({ min: 2, max: 4 }),
    fc.array(step, { minLength: 5, maxLength: 45, size: 'max' }),
    simulate,
  )
  await fc.assert(runs)
})
