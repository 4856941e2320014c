import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'

const hosts = import.meta.dirname
const readme = readFileSync(join(hosts, '../../README.md'), 'utf8')

/** Code of the section, one text for each block. */
function readBlocks(): readonly string[] {
  const section = /^### Bundlers and CSP\n([^]*?)^### /m.exec(readme)?.[1] ?? ''
  return [...section.matchAll(/^```\w+\n([^]*?)^```$/gm)].map(([, block]) => block ?? '')
}

/** All files of the pages that are built and opened, without differences of space. */
function readHosts(): string {
  return readdirSync(hosts, { recursive: true, encoding: 'utf8' })
    .filter((path) => /\.(?:js|html)$|[\\/]package\.json$/.test(path))
    .map((path) => readFileSync(join(hosts, path), 'utf8'))
    .join('\n')
    .replaceAll(/\s+/g, ' ')
}

test('[PKG11] what the README says of bundlers and policies stands in a page that is opened', () => {
  const sources = readHosts()
  const blocks = readBlocks()
  expect(blocks.length).toBeGreaterThan(3)
  const lines = blocks.flatMap((block) => block.trim().split('\n'))
  // Pages hand the options over to the script that they share, which opens Backfold with them.
  const missing = lines
    .map((line) => line.replace('openBackfold(', 'showResult(').trim().replaceAll(/\s+/g, ' '))
    .filter((line) => !sources.includes(line))
  expect(missing).toEqual([])
})
