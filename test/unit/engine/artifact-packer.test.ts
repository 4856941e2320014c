import { expect, test } from 'vitest'
import { isBackfoldError } from '../../../src/core/backfold-error.ts'
import type { Payload } from '../../../src/core/memory/payload.ts'
import type { Artifact } from '../../../src/core/session/generation.ts'
import { hashText } from '../../../src/core/session/chain.ts'
import { createArtifactPacker } from '../../../src/engine/artifact-packer.ts'
import { unpackArtifact } from '../../../src/engine/unpack-artifact.ts'
import { createMemoryStore } from '../../../src/store/memory-store.ts'
import { streamCompressor } from '../../../src/store/stream-compressor.ts'

const FILE = Array.from({ length: 300 }, (_, n) => `entry ${n}: ${hashText(`${n}`)}`).join('\n')
const EDITED = FILE.replace('entry 150', 'ENTRY 150 \uD800')
const GROWN = `${EDITED}\nand a last line`
const OTHER = FILE.replaceAll(/entry \d+: [0-9a-f]{8}/g, 'row')

function payload(text: string): Payload {
  return { text, hash: hashText(text), mediaType: 'text/plain', tokens: 9, summary: 'text' }
}

function open() {
  const store = createMemoryStore()
  const ports = { store, compressor: streamCompressor }
  const packer = createArtifactPacker(ports)
  return {
    store,
    packer,
    async save(...texts: readonly string[]) {
      const artifacts = await packer.pack('s', texts.map(payload))
      await store.put(artifacts.map((row) => ({ table: 'artifacts', row }) as const))
      return artifacts
    },
    async recall(text: string) {
      const { artifacts } = await store.read({ session: 's', artifacts: [hashText(text)] })
      return artifacts[0] && unpackArtifact(ports, artifacts[0])
    },
  }
}

const bases = (artifacts: readonly Artifact[]): readonly (string | undefined)[] =>
  artifacts.map(({ base }) => base)

test('[ART1, ART5, REC3] near-repeats are deltas to the one that is whole, and come back to the letter', async () => {
  const { save, recall } = open()
  const whole = hashText(FILE)
  const artifacts = await save(FILE, OTHER, EDITED, GROWN)
  // Never to one that is a delta itself.
  expect(bases(artifacts)).toEqual([undefined, undefined, whole, whole])
  expect(artifacts[2]?.bytes.length).toBeLessThan((artifacts[0]?.bytes.length ?? 0) / 2)
  expect(artifacts.map(({ length }) => length)).toEqual(
    [FILE, OTHER, EDITED, GROWN].map((one) => one.length),
  )
  for (const text of [FILE, OTHER, EDITED, GROWN]) expect(await recall(text)).toBe(text)
})

test('[ART1] a later call finds the base in the store, of its own session only', async () => {
  const { save, packer, recall } = open()
  await save(FILE)
  expect(bases(await packer.pack('t', [payload(EDITED)]))).toEqual([undefined])
  expect(bases(await save(EDITED))).toEqual([hashText(FILE)])
  expect(await recall(EDITED)).toBe(EDITED)
})

test('[ART5] a base that was packed and never stored is none', async () => {
  const { packer, save } = open()
  await packer.pack('s', [payload(FILE)])
  expect(bases(await save(EDITED))).toEqual([undefined])
})

test('[ART5] what another worker has stored as a delta is no base', async () => {
  const { store, packer, save, recall } = open()
  const [whole] = await packer.pack('s', [payload(FILE)])
  if (!whole) throw new Error('nothing was packed')
  // What it holds looks like a base in every way but one.
  await store.put([{ table: 'artifacts', row: { ...whole, base: hashText(OTHER) } }])
  expect(bases(await save(GROWN))).toEqual([undefined])
  expect(await recall(GROWN)).toBe(GROWN)
})

test('[ART6] what is stored already is not stored again, whole or as a delta', async () => {
  const { save } = open()
  expect(await save(FILE, EDITED, FILE)).toHaveLength(2)
  expect(await save(EDITED, FILE)).toEqual([])
})

test('[ART5] a delta that comes late does not replace what is whole', async () => {
  const { store, save, recall } = open()
  const [, late] = await save(FILE, EDITED)
  const other = open()
  const [whole] = await other.save(EDITED)
  if (!late || !whole) throw new Error('nothing was packed')
  await store.put([{ table: 'artifacts', row: whole }])
  await store.put([{ table: 'artifacts', row: late }])
  const { artifacts } = await store.read({ session: 's', artifacts: [whole.hash] })
  expect(artifacts).toEqual([whole])
  expect(await recall(EDITED)).toBe(EDITED)
})

test('[ART2] a delta without its base, or with a wrong one, is an error', async () => {
  const { store, save, recall } = open()
  const [, delta] = await save(FILE, EDITED)
  if (!delta) throw new Error('nothing was packed')
  await store.put([{ table: 'artifacts', row: { ...delta, base: 'f'.repeat(64) } }])
  await expect(recall(EDITED)).rejects.toSatisfy(isBackfoldError)
  const wrong = { ...delta, ...(await streamCompressor.pack('[0,3]')) }
  await store.put([{ table: 'artifacts', row: wrong }])
  await expect(recall(EDITED)).rejects.toThrow('does not fit its base')
})
