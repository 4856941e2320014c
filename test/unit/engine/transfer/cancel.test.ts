import { expect, test } from 'vitest'
import { openFile } from '../../../../src/adapters/exports/read-file.ts'
import { importFile } from '../../../../src/engine/transfer/import-file.ts'
import { createMemoryStore } from '../../../../src/store/memory-store.ts'
import { createOrigin, testTokeniser } from '../../../support/build-engine.ts'

test.each(['as it is', 'packed'])(
  '[EXPT18] a file in which nothing is found can be cancelled while it is read, %s',
  async (how) => {
    const plain = new Blob(['[', ' '.repeat(20_000_000), ']'])
    // Random bytes behind it, so that what is packed is read in several pieces, too.
    const noise = Array.from({ length: 80 }, () => crypto.getRandomValues(new Uint8Array(50_000)))
    const packed = new Blob([plain, ...noise]).stream().pipeThrough(new CompressionStream('gzip'))
    const file = how === 'packed' ? await new Response(packed).blob() : plain
    const { clock, rows, issueId } = createOrigin()
    const ports = {
      store: createMemoryStore(rows),
      tokeniser: testTokeniser,
      clock,
      random: { id: issueId },
      notices: { post() {} },
      openFile,
    }
    const controller = new AbortController()
    let read = 0
    const importing = importFile(ports, file, controller.signal, ({ bytes }) => {
      read = bytes
      if (bytes > 1_000_000) controller.abort()
    })
    await expect(importing).rejects.toMatchObject({ code: 'CLOSED' })
    expect(read).toBeLessThan(file.size)
  },
)
