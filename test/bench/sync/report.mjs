import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { isMet, renderTable } from '../report.mjs'

const RESULTS = join(import.meta.dirname, '../RESULTS.md')

const METHOD = [
  '### Method',
  '',
  '- Real `nats-server` 2.15.1 on the loopback interface, on the same two cores as what is measured: rates are what two cores do for both, and there is no way there and back. The network of a real device comes on top.',
  '- A local append is the page’s client over the store worker and IndexedDB (LevelDB), awaited until it is stored. Off, connected (one node, `always`, over a web socket), sealed and out of reach go in a new random order in each repetition, each in a database of its own; what one has not sent yet is waited for before the next one begins. One behind the other is what an import does, one every 25 ms more than any agent, one every 250 ms a busy one.',
  '- Confirmed is: acknowledged, read back, stored as confirmed, and told to the host; over the memory store in Node, whose own append takes next to nothing.',
  '- Messages have 600 characters. They are put into the space a message of each session in turn, which is the worst order: no two neighbours are of one session.',
  '- Catch-up is from nothing open to `online`, with all messages counted then; the page’s worker does it, and the page draws nothing. Peaks are of the whole process, code and browser included.',
  '- Jobs: `backfold-worker` as it is published, in processes of its own, after five jobs each that are not counted. Server and workers share two cores.',
  '- Subjects: spaces of 100 sessions with one entry of 600 bytes each in the stream as `--set-up` makes it; ids are not among what the server keeps in mind, as after ten minutes.',
]

/**
 * Writes the section on sync of the results, with the newest figures of each row.
 *
 * @param {Record<string, { name: string, facts: string, figures: readonly unknown[] }>} kept
 */
export function writeSyncReport(kept, rows) {
  const runs = rows.flatMap(({ name }) => kept[name] ?? [])
  const missing = rows.filter(({ name }) => !kept[name]).map(({ name }) => `\`${name}\``)
  const [table, ...details] = splitTable(renderTable(runs))
  const section = [
    '## Sync',
    '',
    'Written by `npm run bench:sync`, a row at a time.',
    '',
    ...runs.map(({ name, facts }) => `- \`${name}\`: ${facts}`),
    ...(missing.length > 0 ? [`- not measured: ${missing.join(', ')}`] : []),
    '',
    ...table,
    '',
    ...METHOD,
    '',
    ...details.flat(),
    '',
  ]
  writeFileSync(RESULTS, withSection(readFileSync(RESULTS, 'utf8'), section.join('\n')))
  const missed = runs.flatMap(({ figures }) => figures).filter((figure) => isMet(figure) === false)
  console.log(`written to test/bench/RESULTS.md; ${missed.length} figures miss their bar`)
}

/** The rest of the file is that of \`npm run bench\`, which leaves this section as it is. */
function withSection(text, section) {
  return `${text.split('\n## Sync\n')[0].trimEnd()}\n\n${section}`
}

function splitTable(lines) {
  const at = lines.findIndex((line) => line.startsWith('## '))
  return [lines.slice(0, at - 1), lines.slice(at).map((line) => line.replace(/^## /, '### '))]
}
