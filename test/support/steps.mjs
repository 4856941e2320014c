/**
 * Everything `npm test` does, in order. A step is a list of commands that must all succeed, or the
 * vitest projects that run in one go. `browser: true` means that it needs a browser; `isStatic: true` that it only reads files, so
 * that it runs beside others of the kind.
 */

const node = process.execPath
const bin = (path) => [node, `node_modules/${path}`]
const minutes = (count) => count * 60_000

const tsc = bin('typescript/bin/tsc')
const vite = bin('vite/bin/vite.js')

export const STEPS = [
  {
    name: 'format',
    isStatic: true,
    commands: [[...bin('prettier/bin/prettier.cjs'), '--check', '.']],
  },
  {
    name: 'lint',
    isStatic: true,
    commands: [[...bin('oxlint/bin/oxlint'), '--type-aware', '--deny-warnings']],
  },
  {
    name: 'types',
    isStatic: true,
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
    projects: ['browser-leveldb', 'browser-sqlite'],
    browser: true,
    timeoutMs: minutes(14),
  },
  {
    name: 'build',
    commands: [
      [...vite, 'build', '--mode', 'lib', '--logLevel', 'warn'],
      [node, 'test/support/build/emit-types.mjs'],
      [...vite, 'build', '--logLevel', 'warn'],
      [node, 'extension/build/build-extension.mjs'],
      [node, 'extension/build/build-extension.mjs', '--test'],
    ],
  },
  { name: 'web-ext', commands: [[node, 'test/support/check-extension.mjs']] },
  { name: 'publint', commands: [[...bin('publint/src/cli.js'), '--strict']] },
  {
    name: 'attw',
    commands: [
      [...bin('@arethetypeswrong/cli/dist/index.js'), '--pack', '.', '--profile', 'esm-only'],
    ],
  },
  { name: 'size', commands: [bin('size-limit/bin.js')] },
  { name: 'graph', commands: [[node, 'test/support/check-graph.mjs']] },
  { name: 'knip', commands: [bin('knip/bin/knip.js')] },
  { name: 'consumer', commands: [[node, 'test/support/check-consumer.mjs']] },
  { name: 'e2e', projects: ['e2e'], browser: true, timeoutMs: minutes(14) },
  { name: 'extension', projects: ['extension'], browser: true, timeoutMs: minutes(8) },
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

/** The static steps as one group, each other step as one of its own. */
export function groupSteps(steps) {
  const isStatic = (step) => step.isStatic === true
  const rest = steps.filter((step) => !isStatic(step)).map((step) => [step])
  return [steps.filter(isStatic), ...rest].filter((group) => group.length > 0)
}
