/**
 * `npm test`: installs what is missing, a browser included, runs every step even if one fails, and
 * ends with the line `N passed, N failed`.
 *
 *     npm test                        everything
 *     npm test -- --only unit,sim     some steps
 */
import { parseArgs } from 'node:util'
import { ensureBrowser } from './browser.mjs'
import { ensureDependencies } from './ensure-dependencies.mjs'
import { endRunning, runStep } from './run-step.mjs'
import { joinSteps, orderSteps, STEPS } from './steps.mjs'

for (const signal of ['SIGINT', 'SIGTERM']) {
  process.on(signal, () => {
    endRunning()
    process.exit(130)
  })
}

try {
  process.exitCode = await main()
} catch (error) {
  console.error(`npm test: ${error.message}`)
  process.exitCode = 1
}

async function main() {
  const steps = chooseSteps()
  ensureDependencies()
  if (steps.some((step) => step.browser))
    process.env.BACKFOLD_CHROMIUM = await ensureBrowser(console.log)
  const total = { passed: 0, failed: 0, skipped: 0 }
  const failures = []
  const flaky = []
  const skips = []
  const startedAt = Date.now()
  for (const lanes of orderSteps(joinSteps(steps))) {
    for (const result of (await Promise.all(lanes.map(runLane))).flat()) {
      for (const key of Object.keys(total)) total[key] += result[key]
      failures.push(...result.failures)
      flaky.push(...result.flaky)
      skips.push(...result.skips)
    }
  }
  if (failures.length > 0)
    console.log(`\nfailed:\n${failures.map((line) => `  ${line}`).join('\n')}`)
  if (flaky.length > 0)
    console.log(`\npassed at the second try:\n${flaky.map((line) => `  ${line}`).join('\n')}`)
  console.log(`\n${seconds(startedAt)} in all`)
  if (total.skipped > 0) console.log(`${total.skipped} skipped: what they need is not here`)
  for (const reason of skips) console.log(`  ${reason}`)
  console.log(`${total.passed} passed, ${total.failed} failed`)
  return total.failed === 0 && total.passed > 0 ? 0 : 1
}

function chooseSteps() {
  const { values } = parseArgs({ options: { only: { type: 'string', multiple: true } } })
  if (!values.only) return STEPS
  const names = values.only.flatMap((value) => value.split(','))
  const known = STEPS.map((step) => step.name)
  const unknown = names.filter((name) => !known.includes(name))
  if (unknown.length > 0) {
    throw new Error(`no step named ${unknown.join(', ')}; there are ${known.join(', ')}`)
  }
  return STEPS.filter((step) => names.includes(step.name))
}

async function runLane(steps) {
  const results = []
  for (const step of steps) results.push(await runAndShow(step))
  return results
}

async function runAndShow(step) {
  const startedAt = Date.now()
  const result = await runStep(step)
  const tests = step.projects ? `  ${result.passed} of ${result.passed + result.failed} tests` : ''
  const verdict = result.failed === 0 ? 'ok  ' : 'FAIL'
  if (result.failed > 0) console.log(`\n${result.output.trimEnd()}\n`)
  console.log(`${verdict}  ${step.name.padEnd(26)} ${seconds(startedAt).padStart(7)}${tests}`)
  return result
}

function seconds(startedAt) {
  return `${((Date.now() - startedAt) / 1000).toFixed(1)} s`
}
