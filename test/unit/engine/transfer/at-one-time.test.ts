import { expect, test } from 'vitest'
import { openFile } from '../../../../src/adapters/exports/read-file.ts'
import type { SessionStore } from '../../../../src/core/ports/session-store.ts'
import type { FileFinding, ImportedSession } from '../../../../src/core/transfer/import-report.ts'
import { readArchive } from '../../../../src/engine/transfer/read-archive.ts'
import { createMemoryStore } from '../../../../src/store/memory-store.ts'
import {
  BY_HAND,
  createOrigin,
  openTab,
  testTokeniser,
  type Origin,
} from '../../../support/build-engine.ts'
import { turn, turns } from '../../../support/build-log.ts'

async function linesOf(tab = openTab()): Promise<readonly string[]> {
  const packed = tab.backfold.export() as ReadableStream<Uint8Array<ArrayBuffer>>
  const stream = packed.pipeThrough(new DecompressionStream('gzip'))
  return (await new Response(stream).text()).split('\n').slice(0, -1)
}

interface Came {
  readonly sessions: readonly ImportedSession[]
  readonly refused: readonly FileFinding[]
}

/** Imports lines as another tab would that is held up before one of them. */
async function importHeldUp(
  origin: Origin,
  lines: readonly string[],
  heldAt: number,
  meanwhile: () => Promise<unknown>,
): Promise<Came> {
  const sessions: ImportedSession[] = []
  const refused: FileFinding[] = []
  const bytes = async function* (): AsyncGenerator<Uint8Array<ArrayBuffer>> {
    for (const [at, line] of lines.entries()) {
      if (at === heldAt) await meanwhile()
      yield new TextEncoder().encode(`${line}\n`)
    }
  }
  const ports = {
    store: createMemoryStore(origin.rows),
    tokeniser: testTokeniser,
    clock: origin.clock,
    random: { id: origin.issueId },
    notices: { post() {} },
    openFile,
  }
  await readArchive(ports, bytes(), 'file', {
    stored() {},
    goOn() {},
    session: (session) => void sessions.push(session),
    refused: (finding) => void refused.push(finding),
  })
  return { sessions, refused }
}

async function archived(): Promise<readonly string[]> {
  const tab = openTab()
  await (await tab.backfold.session('one', BY_HAND)).append(...turns(3))
  return linesOf(tab)
}

test.each(['whole', 'damaged'])(
  '[ARC9] what one import has made whole, another of a %s file neither changes nor takes away',
  async (kind) => {
    const lines = await archived()
    const origin = createOrigin()
    const tab = openTab({ origin })
    let after: unknown
    const given = kind === 'whole' ? lines : [...lines.slice(0, 3), 'damaged']
    const came = await importHeldUp(origin, given, 2, async () => {
      await tab.backfold.importFile(new Blob([`${lines.join('\n')}\n`]))
      const session = await tab.backfold.session('one', BY_HAND)
      await session.branch(2)
      after = structuredClone([origin.rows.sessions.get('one'), origin.rows.messages.get('one')])
    })
    expect([origin.rows.sessions.get('one'), origin.rows.messages.get('one')]).toEqual(after)
    expect(came.sessions.map(({ kind: was }) => was)).toEqual(
      kind === 'whole' ? ['already-there'] : [],
    )
    expect(came.refused).toHaveLength(kind === 'whole' ? 0 : 1)
  },
)

test('[ARC9, DEL3] a session that is deleted while it comes in is said, and the others come in', async () => {
  const lines = await archived()
  const origin = createOrigin()
  const store = createMemoryStore(origin.rows)
  const came = await importHeldUp(origin, lines, 2, () => store.remove('one'))
  expect(came.sessions).toEqual([])
  expect(came.refused).toMatchObject([{ what: 'session one' }])
  expect(origin.rows.messages.size).toBe(0)
})

test('[ARC7] a session that is deleted while its artifacts are read is not in the archive', async () => {
  const origin = createOrigin()
  const held = (real: SessionStore): SessionStore => ({
    ...real,
    async read(query) {
      if (query.artifactsBehind) await real.remove('one')
      return real.read(query)
    },
  })
  const session = await openTab({ origin }).backfold.session('one', BY_HAND)
  const output = 'a line of output that is long enough to be moved out\n'.repeat(40)
  for (let n = 1; n <= 6; n += 1) await session.append(...turn(n, `${output} ${n}`))
  await session.compact()
  expect(origin.rows.artifacts.size).toBeGreaterThan(0)
  const lines = await linesOf(openTab({ origin, store: held }))
  const to = createOrigin()
  const report = await openTab({ origin: to }).backfold.importFile(
    new Blob([`${lines.join('\n')}\n`]),
  )
  expect(report).toMatchObject({ sessions: [], refused: [] })
  expect(to.rows.sessions.size).toBe(0)
})
