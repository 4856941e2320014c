/**
 * Everything `npm test` does. A step is a list of commands that must all succeed, or the vitest projects that run in one go, with
 * the folder of their tests where it is not called as the step is. `browser: true` means that it needs a browser.
 *
 * Steps of one `round` run side by side, but for those of one `lane`, which follow each other: most of them leave a core idle. What a
 * round needs of another one, such as what is built, is there when it begins.
 */

const node = process.execPath
const bin = (path) => [node, `node_modules/${path}`]
const minutes = (count) => count * 60_000

const tsc = bin('typescript/bin/tsc')
const vite = bin('vite/bin/vite.js')

export const STEPS = [
  {
    name: 'format',
    round: 'static',
    commands: [[...bin('prettier/bin/prettier.cjs'), '--check', '.']],
  },
  {
    name: 'lint',
    round: 'static',
    commands: [[...bin('oxlint/bin/oxlint'), '--type-aware', '--deny-warnings']],
  },
  {
    name: 'types',
    round: 'static',
    commands: [
      [...tsc, '-p', '.'],
      [...tsc, '-p', 'src/core', '--noEmit'],
    ],
  },
  { name: 'tidy', projects: ['tidy'] },
  { name: 'unit', projects: ['unit'] },
  { name: 'contract', projects: ['contract'] },
  { name: 'sim', projects: ['sim'], timeoutMs: minutes(18) },
  {
    name: 'browser',
    round: 'build',
    projects: ['browser-leveldb'],
    browser: true,
    timeoutMs: minutes(14),
  },
  {
    name: 'build',
    round: 'build',
    lane: 'build',
    commands: [
      [...vite, 'build', '--mode', 'lib', '--logLevel', 'warn'],
      [node, 'test/support/build/emit-types.mjs'],
      [...vite, 'build', '--logLevel', 'warn'],
      [node, 'extension/build/build-extension.mjs'],
      [node, 'extension/build/build-extension.mjs', '--test'],
    ],
  },
  {
    name: 'web-ext',
    round: 'build',
    lane: 'build',
    commands: [[node, 'test/support/check-extension.mjs']],
  },
  {
    name: 'publint',
    round: 'build',
    lane: 'build',
    commands: [[...bin('publint/src/cli.js'), '--strict']],
  },
  {
    name: 'attw',
    round: 'build',
    lane: 'build',
    commands: [
      [...bin('@arethetypeswrong/cli/dist/index.js'), '--pack', '.', '--profile', 'esm-only'],
    ],
  },
  { name: 'size', round: 'build', lane: 'build', commands: [bin('size-limit/bin.js')] },
  {
    name: 'graph',
    round: 'build',
    lane: 'build',
    commands: [[node, 'test/support/check-graph.mjs']],
  },
  { name: 'knip', round: 'build', lane: 'build', commands: [bin('knip/bin/knip.js')] },
  {
    name: 'consumer',
    round: 'build',
    lane: 'build',
    commands: [[node, 'test/support/check-consumer.mjs']],
  },
  {
    name: 'browser-sqlite',
    folder: 'browser',
    round: 'built',
    projects: ['browser-sqlite'],
    browser: true,
    timeoutMs: minutes(14),
  },
  {
    name: 'extension',
    round: 'built',
    projects: ['extension'],
    browser: true,
    timeoutMs: minutes(12),
  },
  { name: 'e2e', projects: ['e2e'], browser: true, timeoutMs: minutes(16) },
  { name: 'hosts', projects: ['hosts'], browser: true, timeoutMs: minutes(8) },
]

/**
 * Joins neighbouring vitest steps that need no browser, since starting vitest costs more than most
 * of them take.
 *
 * @param {typeof STEPS} steps
 */
export function joinSteps(steps) {
  const joined = []
  for (const step of steps) {
    const last = joined.at(-1)
    if (step.projects && last?.projects && !step.browser && !last.browser) {
      joined[joined.length - 1] = {
        name: `${last.name}+${step.name}`,
        joins: [...(last.joins ?? [last.name]), step.name],
        projects: [...last.projects, ...step.projects],
        timeoutMs: Math.max(last.timeoutMs ?? 0, step.timeoutMs ?? 0) || undefined,
      }
    } else {
      joined.push(step)
    }
  }
  return joined
}

/**
 * Steps as rounds that follow each other; each has lanes of steps that run side by side.
 *
 * @param {typeof STEPS} steps
 */
export function orderSteps(steps) {
  const rounds = new Map()
  for (const step of steps) {
    const round = step.round ?? step.name
    const lanes = rounds.get(round) ?? new Map()
    rounds.set(round, lanes)
    const lane = step.lane ?? step.name
    lanes.set(lane, [...(lanes.get(lane) ?? []), step])
  }
  return [...rounds.values()].map((lanes) => [...lanes.values()])
}
