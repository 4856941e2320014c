import { readFileSync } from 'node:fs'
import { NOISE_MS } from './figures.mjs'
import { FULL } from './plans.mjs'

/** Scenarios in which the summariser misbehaves. */
export const FAILURES = [
  'fails three times',
  'fails for ever',
  'hangs',
  'answers nothing',
  'garbage once',
]

/** Scenarios in which messages come while a compaction is under way. */
const ARRIVALS = ['realistic', 'burst', 'overlap']

/**
 * The one table that says it all, a row a peer.
 *
 * @param {ReadonlyMap<string, Readonly<Record<string, any>>>} results By peer, then by scenario.
 * @param {readonly import('./peer.mjs').Peer[]} peers
 */
export function summaryTable(results, peers) {
  return table(
    [
      'peer',
      'stalled, longest / in all',
      'not in the next prompt',
      'without recall, in all scenarios',
      'summariser calls at once',
      'prompts with broken pairs',
      'turns that failed or hung',
      'lost after a kill',
      'way back keeps later turns',
      'prefix kept',
    ],
    peers.map((peer) => {
      const own = results.get(peer.name) ?? {}
      return [
        peer.label,
        stalled(own.realistic),
        own.realistic?.dropped ?? '?',
        sum(own, [...ARRIVALS, 'straddle', ...FAILURES], 'lost'),
        most(own, [...ARRIVALS, ...FAILURES], 'concurrent'),
        brokenBeyondControl(own, results.get('none') ?? {}),
        FAILURES.reduce((count, name) => count + failures(own[name]), 0),
        own.kill?.points > 0 ? `${own.kill.lost} (${own.kill.points} points)` : 'no such point',
        wayBack(own.rollback),
        own.realistic ? percent(own.realistic.prefixKept) : '?',
      ]
    }),
  )
}

/** Everything, a table a hazard. */
export function fullReport(results, peers, meta) {
  const rows = (cells) => peers.map((peer) => [peer.label, ...cells(results.get(peer.name) ?? {})])
  const figures = (name, cells) => rows((own) => (own[name] ? cells(own[name]) : ['did not end']))
  return [
    '# Hazards',
    '',
    `Written by \`npm run hazards\` on ${meta.date}, Node ${process.version}. Every peer is driven as its documentation`,
    'recommends, in processes of its own, against the same scripted chat model, tool and summariser. A good summary',
    'repeats every marker that it was given, so what a summariser sees counts as kept. Compaction is set to start at',
    'about 6,000 tokens and to keep about 1,500 (four characters a token). Cells are single runs.',
    '',
    `*Stalled*: pauses in a turn in which neither the chat model nor the tool worked, above the noise of ${NOISE_MS} ms.`,
    '*Dropped*: messages of turns that had ended which the next prompt has neither verbatim nor in a summary.',
    '*Lost*: of those, what the library’s own retrieval does not give back either.',
    '',
    '## Summary',
    '',
    'Stalled, not in the next prompt, and prefix kept are those of a hundred turns at a person’s pace. Broken pairs are',
    'those beyond what overlapping turns cost without compaction.',
    '',
    summaryTable(results, peers),
    '',
    `## ${FULL.personTurns} turns at a person’s pace: ${pace(FULL.person)}`,
    '',
    conversationTable(figures('realistic', conversation)),
    '',
    `## ${FULL.burstTurns} turns back to back: ${pace(FULL.burst)}`,
    '',
    conversationTable(figures('burst', conversation)),
    '',
    '## Six messages at once while the first compaction runs',
    '',
    conversationTable(figures('overlap', conversation)),
    '',
    '## A tool call that stays open while other turns go on',
    '',
    conversationTable(figures('straddle', conversation)),
    '',
    '## The summariser misbehaves, then is well again and the session reopened',
    '',
    'Failed turns, calls over all turns, longest stall, dropped / lost.',
    '',
    table(
      ['peer', ...FAILURES],
      rows((own) => FAILURES.map((name) => outage(own[name]))),
    ),
    '',
    '## Killed before each storage write after the summariser was asked',
    '',
    table(
      ['peer', 'points', 'dropped / lost at the worst', 'failed turns afterwards'],
      figures('kill', (one) => [one.points, `${one.dropped} / ${one.lost}`, one.failed]),
    ),
    '',
    '## A summary without information is applied',
    '',
    table(
      ['peer', 'dropped / lost', 'documented way back', 'dropped / lost after it', 'later turns'],
      figures('rollback', ({ bad, way, after, laterDropped }) => [
        `${bad.dropped} / ${bad.lost}`,
        way,
        after ? `${after.dropped} / ${after.lost}` : '',
        after ? (laterDropped === 0 ? 'kept' : `${laterDropped} dropped`) : '',
      ]),
    ),
    '',
    '## Peers',
    '',
    table(
      ['peer', 'versions', 'retrieval by', 'driven as in', 'notes'],
      peers.map((peer) => [
        peer.label,
        peer.packages.map((name) => `${name} ${versionOf(name)}`).join(', '),
        peer.retrieval,
        peer.source,
        peer.notes,
      ]),
    ),
    '',
  ].join('\n')
}

function conversation(one) {
  return [
    stalled(one),
    `${one.dropped} / ${one.lost}`,
    `${one.calls} (${one.concurrent} at once)`,
    one.repeated,
    one.broken,
    percent(one.prefixKept),
    `${one.tokensMean} / ${one.tokensMost}`,
    one.failed + one.hung,
  ]
}

function pace({ chatMs, toolMs, gapMs, summariserMs }) {
  return `chat ${chatMs} ms, tool ${toolMs} ms, between turns ${gapMs} ms, summariser ${summariserMs} ms`
}

function conversationTable(rows) {
  const heads = [
    'peer',
    'stalled, longest / in all',
    'dropped / lost',
    'summariser calls',
    'messages summarised twice at once',
    'prompts with broken pairs',
    'prefix kept',
    'prompt tokens, mean / most',
    'failed turns',
  ]
  return table(heads, rows)
}

function stalled(one) {
  return one ? `${seconds(one.longestStallMs)} / ${seconds(one.stalledMs)}` : '?'
}

function outage(one) {
  if (!one) return 'did not end'
  const hung = one.hung > 0 ? ', hung' : ''
  return `${one.failed}${hung}; ${one.calls} / ${one.turns}; ${seconds(one.longestStallMs)}; ${one.dropped} / ${one.lost}`
}

function failures(one) {
  return one ? one.failed + one.hung : 1
}

/** Turns that overlap break pairs without any compaction; only what is beyond that counts. */
function brokenBeyondControl(own, control) {
  const count = [...ARRIVALS, ...FAILURES].reduce((total, name) => {
    const base = name === 'overlap' ? (control[name]?.broken ?? 0) : 0
    return total + Math.max(0, (own[name]?.broken ?? 0) - base)
  }, 0)
  return count
}

function wayBack(one) {
  if (!one?.after) return 'no way back'
  if (one.after.dropped === 0) return 'yes'
  return `no: ${one.after.dropped} dropped`
}

function sum(own, names, key) {
  return names.reduce((total, name) => total + (own[name]?.[key] ?? 0), 0)
}

function most(own, names, key) {
  return Math.max(0, ...names.map((name) => own[name]?.[key] ?? 0))
}

function versionOf(name) {
  const path = new URL(`./node_modules/${name}/package.json`, import.meta.url)
  return JSON.parse(readFileSync(path, 'utf8')).version
}

function seconds(ms) {
  return `${(ms / 1_000).toFixed(1)} s`
}

function percent(share) {
  return `${(share * 100).toFixed(1)} %`
}

function table(heads, rows) {
  const line = (cells) =>
    `| ${cells.map((one) => String(one).replaceAll('|', '\\|')).join(' | ')} |`
  return [line(heads), line(heads.map(() => '---')), ...rows.map(line)].join('\n')
}
