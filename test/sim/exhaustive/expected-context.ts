import { contextHash } from '../../../src/core/session/assemble.ts'
import type { Generation } from '../../../src/core/session/generation.ts'
import type { Message } from '../../../src/core/session/message.ts'
import { must } from './broken-invariant.ts'
import type { SmallWorld } from './small-world.ts'

const contexts = new WeakMap<SmallWorld, string>()

/** The context as it must be: pinned messages, the digest, and everything active above the mark. */
export function expectedContext(world: SmallWorld): string {
  const context = contexts.get(world) ?? JSON.stringify(expectedEntries(world))
  contexts.set(world, context)
  return context
}

/** Hash of the context: the same for the same sources, and another for every other context. */
export function createContextHashes(): (world: SmallWorld) => string {
  const contexts = new Map<string, string>()
  const hashes = new Map<string, string>()
  return (world) => {
    const { session } = world
    const head = headOf(world)
    const hash = contextHash(head, session.pins, session.chain)
    const context = `${expectedContext(world)} ${session.pins.join()}`
    must((contexts.get(hash) ?? context) === context, 'two contexts have one hash')
    // What a stub stands for is a source too, and so are stubs of what a branch left behind.
    const said = activeOf(world).map(({ role, parts }) => [role, parts])
    const sources = context + JSON.stringify([head?.stubs, said])
    must((hashes.get(sources) ?? hash) === hash, 'the same sources have two hashes')
    contexts.set(hash, context)
    hashes.set(sources, hash)
    return hash
  }
}

export function activeOf({ log }: SmallWorld): readonly Message[] {
  return log.filter((message) => message.active)
}

export function headOf({ session, generations }: SmallWorld): Generation | undefined {
  return generations.find(({ n }) => n === session.head)
}

function expectedEntries(world: SmallWorld): readonly (readonly unknown[])[] {
  const { mark, pins } = world.session
  const head = headOf(world)
  // What is pinned is shown whole.
  const stubs = head?.stubs.filter((stub) => !pins.includes(stub.seq))
  const stubbed = new Map(stubs?.map((stub) => [stub.seq, stub.text]))
  const active = activeOf(world)
  const pinned = active.filter(({ seq }) => seq <= mark && pins.includes(seq))
  const digest = head?.digest.map((line) => line.text)
  return [
    ...pinned.map(({ seq, parts }) => ['pinned', seq, parts]),
    ...(digest ? [['digest', ...digest]] : []),
    ...active
      .filter(({ seq }) => seq > mark)
      .map(({ seq, parts }) =>
        stubbed.has(seq) ? ['stubbed', seq, stubbed.get(seq)] : ['message', seq, parts],
      ),
  ]
}
