import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { renderTable } from '../report.mjs'
import { FETCH_ROWS } from './fetch-rows.mjs'
import { PREFIX_ROWS } from './prefix-rows.mjs'

const NAMES = [...FETCH_ROWS, ...PREFIX_ROWS].map(({ name }) => name)

const METHOD = [
  '## Method',
  '',
  '- The cost is CPU time of the whole thread of the page, for one request with its answer, of some 40 events, and what comes behind it, by `TaskDuration` in thread time; what a host does before, such as writing its JSON, is left out. With Backfold and without go in turn, to the same server on the loopback interface, and the history of 200 KB grows by a turn each time. What Backfold adds is the difference of the medians of a repetition. A folded body is shorter, so that sending it costs less: that is counted too.',
  '- Bytes are compared at the server with those of native fetch.',
  '- Talks are synthetic and seeded; an app sends its whole history with every request, to a model that answers as it is written and tells its usage. Default policy, engine in Node over the real formats. Jobs end before the next request, since models take seconds and jobs milliseconds. A request keeps the beginning if it has every message of the one before, and the system prompt, to the letter.',
  '- Cached is what a request has in common with the one before it at its beginning, by whole messages, from 1,024 tokens; nothing expires. Tokens are those of `o200k_base`, for both providers.',
  '- Billed is in tokens of uncached input. Cached tokens that are read count 0.1 with Anthropic, where those that are written count 1.25, and 0.5 or 0.25 with OpenAI, by model. Nobody is billed more than without a cache. The whole history is billed as if a window had no end; output is not counted.',
]

/** The figures of `backfold.fetch()` in a file of their own, if all of them were measured. */
export function writeFetchReport(runs, facts) {
  const own = runs.filter(({ name }) => NAMES.includes(name))
  if (!NAMES.every((name) => own.some((run) => run.name === name))) return
  const tables = own.flatMap(({ figures }) => figures.tables ?? [])
  const text = [
    '# The fetch of a host',
    '',
    `Written by \`npm run bench -- --only ${NAMES.join()}\`. ${facts}`,
    '',
    ...renderTable(own),
    '',
    '## What a prompt cache makes of it',
    '',
    ...tables,
    '',
    ...METHOD,
    '',
  ].join('\n')
  writeFileSync(join(import.meta.dirname, 'RESULTS.md'), text)
}
