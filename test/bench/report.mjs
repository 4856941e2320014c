import { cpus, loadavg } from 'node:os'
import { median, round, spread } from './statistics.mjs'

/**
 * One figure as measured: `values` has one number per repetition, `most` or `least` is the bar, and
 * `control` is what the same measurement says of something that must miss the bar.
 *
 * @typedef {{ what: string, unit?: string, most?: number, least?: number, values: number[],
 *   control?: number[], figures?: string }} Figure
 */

/** Where something is measured that has nothing to do with storage. */
export const ANYWHERE = 'anywhere'

/**
 * Whether a figure meets its bar; undefined without one. A measurement whose control meets the bar too
 * is blind and proves nothing.
 *
 * @param {Figure} figure
 */
export function isMet({ most, least, values, control }) {
  if (most === undefined && least === undefined) return undefined
  if (control && meets(median(control), { most, least })) return false
  return meets(median(values), { most, least })
}

function meets(value, { most = Infinity, least = -Infinity }) {
  return value <= most && value >= least
}

/** One line for people who watch. */
export function describe(figure) {
  const met = isMet(figure)
  const mark = met === undefined ? ' ' : met ? '+' : '!'
  return `  ${mark} ${figure.what}: ${shown(figure)} ${barOf(figure)}  [${figure.figures ?? ''}]`
}

/**
 * The table of all figures as Markdown.
 *
 * @param {readonly { storage: string, name: string, figures: readonly Figure[] }[]} runs
 */
export function renderReport(runs, facts) {
  const [table, details] = renderParts(runs)
  return [
    '# Bench',
    '',
    `Written by \`npm run bench\`. ${facts}`,
    '',
    ...table,
    '',
    ...METHOD,
    '',
    ...details,
    '',
  ].join('\n')
}

/** The table of some figures, and those behind it, without a method. */
export function renderTable(runs) {
  const [table, details] = renderParts(runs)
  return [...table, '', ...details]
}

function renderParts(runs) {
  const storages = [...new Set(runs.map(({ storage }) => storage))].filter(
    (one) => one !== ANYWHERE,
  )
  const rows = new Map()
  for (const { storage, figures } of runs) {
    for (const figure of figures) {
      const own = rows.get(figure.what) ?? new Map()
      rows.set(figure.what, own.set(storage, figure))
    }
  }
  const titles = storages.length > 0 ? storages : ['figure']
  const head = [
    `| what | bar | ${titles.join(' | ')} | met |`,
    `|---|---:|${'---:|'.repeat(titles.length)}---|`,
  ]
  const table = [...rows].map(([what, byStorage]) => tableRow(what, byStorage, storages))
  const details = [...rows].flatMap(([what, byStorage]) => detailRows(what, byStorage))
  return [
    [...head, ...table],
    ['## The figures behind the ratios', '', ...details],
  ]
}

export function machineFacts({ browser, minutes, repetitions }) {
  const [processor] = cpus()
  const load = loadavg().map((value) => value.toFixed(1))
  return `Chromium ${browser}, Node ${process.version}, ${cpus().length} × ${processor?.model.trim()}; load average at the end ${load.join(' / ')}; ${minutes.toFixed(1)} minutes; ${repetitions} repetitions.`
}

const METHOD = [
  '## Method',
  '',
  '- A figure is the median of the repetitions, in brackets the least and the most. A bar is judged by the median.',
  '- What is compared runs in the same browser on the same data, in a new random order in each repetition; a ratio is taken within a repetition. Read the ratios, not the milliseconds: the machine may be busy.',
  '- Real Chromium, a profile on disk, both of its storage engines for IndexedDB. Raw is a relaxed transaction of one `put` without an index, awaited to `complete`, in a worker.',
  "- An append in the store worker is the whole of it: reading the host's message, counting its tokens, hashing, storing message and session in one transaction, telling the page.",
  '- The log of 100,000 messages gets its head generation written directly; a digest of 20 kB and 50 messages above the mark are what `context()` reads. What is applied is a real candidate, made once and put back after each apply, its job and blocks too.',
  '- Open to first context: every measurement in a new browser process on the same profile; once with the files of the databases dropped from the page cache of the system, once with whatever is there. The yardstick knows where the tail starts.',
  '- Main thread: the client is a file of its own, and CPU samples every 0.2 ms count for it when any function of it is on the stack. The longest task is CPU time from a trace. The control is the same engine with all its work on the main thread, for long frames the digesting of the whole log there in one piece; where a control would meet a bar, the bar counts as missed, since the measurement is blind. The host appends 1 KB every 100 ms meanwhile.',
  '- Folding: processes of their own, CPU time of all their threads, compression and garbage collection included, each after a warm-up on another text. Synthetic sessions (seeded, four fifths of them tool output), another one in each repetition; a tokenizer counts them about as fast as recorded sessions. The five million tokens cost less a token because the compiler has warmed up by then.',
  '- Sizes: the same bundler and minifier for ours and the peers, brotli at its best.',
]

function tableRow(what, byStorage, storages) {
  const [first] = byStorage.values()
  const cells = byStorage.has(ANYWHERE)
    ? [shown(first), ...storages.slice(1).map(() => '=')]
    : storages.map((storage) => (byStorage.has(storage) ? shown(byStorage.get(storage)) : '–'))
  const met = [...byStorage.values()].map(isMet)
  const verdict = met.includes(undefined) ? 'reported' : met.every(Boolean) ? 'yes' : '**no**'
  return `| ${what} | ${barOf(first)} | ${cells.join(' | ')} | ${verdict} |`
}

function detailRows(what, byStorage) {
  return [...byStorage].flatMap(([storage, { figures }]) =>
    figures ? [`- ${what}${storage === ANYWHERE ? '' : `, ${storage}`}: ${figures}`] : [],
  )
}

function shown({ values, unit = '×' }) {
  return `${spread(values)}${unit === '×' ? '×' : unit && ` ${unit}`}`
}

function barOf({ most, least, unit = '×' }) {
  const suffix = unit === '×' ? '×' : unit && ` ${unit}`
  if (most !== undefined) return `≤ ${round(most)}${suffix}`
  return least === undefined ? '' : `≥ ${round(least)}${suffix}`
}
