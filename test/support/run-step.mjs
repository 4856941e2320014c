import { spawn } from 'node:child_process'
import { readFileSync, rmSync } from 'node:fs'
import { availableParallelism, tmpdir } from 'node:os'
import { join } from 'node:path'

const root = join(import.meta.dirname, '../..')

/** For a step that names no limit of its own. A hang must end as a failure with its output. */
const DEFAULT_TIMEOUT_MS = 300_000

/** @typedef {{ passed: number, failed: number, skipped: number, output: string, failures: string[], flaky: string[], skips: string[] }} StepResult */

/**
 * Runs one step to its end and counts: each test of a vitest step, or the step itself as one.
 *
 * @returns {Promise<StepResult>}
 */
export async function runStep(step) {
  return await (step.projects ? runVitest(step) : runCommands(step))
}

async function runCommands(step) {
  const deadline = Date.now() + (step.timeoutMs ?? DEFAULT_TIMEOUT_MS)
  let output = ''
  for (const command of step.commands) {
    const run = await runCommand(command, deadline)
    output += run.output
    if (run.reason) {
      const failure = `${step.name}: ${run.reason}`
      return { passed: 0, failed: 1, skipped: 0, output, failures: [failure], flaky: [], skips: [] }
    }
  }
  return { passed: 1, failed: 0, skipped: 0, output, failures: [], flaky: [], skips: [] }
}

async function runVitest(step) {
  const report = join(tmpdir(), `backfold-vitest-${process.pid}-${step.projects[0]}.json`)
  const command = [
    process.execPath,
    'node_modules/vitest/vitest.mjs',
    'run',
    ...step.projects.map((project) => `--project=${project}`),
    // Vitest leaves a core alone: of two that is half of them. A browser needs the other one.
    ...(step.browser ? [] : [`--maxWorkers=${availableParallelism()}`]),
    '--reporter=default',
    '--reporter=json',
    `--outputFile.json=${report}`,
  ]
  const run = await runCommand(command, Date.now() + (step.timeoutMs ?? DEFAULT_TIMEOUT_MS))
  const counts = countTests(report)
  rmSync(report, { force: true })
  for (const name of step.joins ?? [step.folder ?? step.name]) {
    if (run.reason || counts.files.some((file) => file.startsWith(`test/${name}/`))) continue
    counts.failed += 1
    counts.failures.push(`${name}: there is no test in test/${name}`)
  }
  if (run.reason && counts.failed === 0) {
    counts.failed = 1
    counts.failures.push(`${step.name}: ${run.reason}`)
  }
  return { ...counts, output: run.output }
}

/** Counts by vitest's report. A file that could not even be loaded counts as one failure. */
function countTests(report) {
  const counts = { passed: 0, failed: 0, skipped: 0, failures: [], flaky: [], skips: [], files: [] }
  let files
  try {
    files = JSON.parse(readFileSync(report, 'utf8')).testResults
  } catch {
    return counts
  }
  for (const file of files) {
    const name = file.name.replace(`${root}/`, '')
    counts.files.push(name)
    const failedBefore = counts.failed
    for (const { status, fullName, meta, failureMessages } of file.assertionResults) {
      if (status === 'passed') {
        counts.passed += 1
        // It has failed before it passed.
        const [first] = failureMessages ?? []
        if (first) counts.flaky.push(`${name}: ${fullName}\n    ${first.split('\n', 1)[0]}`)
      } else if (status === 'failed') {
        counts.failed += 1
        counts.failures.push(`${name}: ${fullName}`)
      } else {
        counts.skipped += 1
        // Only a test that looked for what it needs can say what is missing.
        if (meta?.skipped) counts.skips.push(`${fullName}: ${meta.skipped}`)
      }
    }
    if (file.status === 'failed' && counts.failed === failedBefore) {
      counts.failed += 1
      counts.failures.push(`${name}: could not be run`)
    }
  }
  return counts
}

/** The output passes through us: whether it may have colours is for our own output to say. */
const COLOURS = process.stdout.isTTY
  ? { FORCE_COLOR: '1', NO_COLOR: undefined }
  : { FORCE_COLOR: undefined, NO_COLOR: '1' }

/** Process groups under way, so that an interrupted run leaves nothing behind. */
const running = new Set()

/** Runs one command; `reason` says why it failed and is missing if it did not. */
function runCommand([file, ...args], deadline) {
  return new Promise((resolve) => {
    const child = spawn(file, args, {
      cwd: root,
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, ...COLOURS },
    })
    running.add(child.pid)
    let output = ''
    let reason
    const timer = setTimeout(
      () => {
        reason = 'took too long and was ended'
        endGroup(child.pid)
      },
      Math.max(deadline - Date.now(), 1_000),
    )
    child.stdout.on('data', (data) => (output += data))
    child.stderr.on('data', (data) => (output += data))
    child.on('error', (error) => (reason = error.message))
    child.on('close', (code, signal) => {
      clearTimeout(timer)
      running.delete(child.pid)
      if (code !== 0) reason ??= `ended with ${code ?? signal}`
      resolve({ output, reason })
    })
  })
}

/** Ends everything that is still under way. */
export function endRunning() {
  for (const pid of running) endGroup(pid)
}

function endGroup(pid) {
  try {
    process.kill(-pid, 'SIGKILL')
  } catch {
    // Already gone.
  }
}
