import { accessSync, constants } from 'node:fs'
import { delimiter, join } from 'node:path'

const COMMANDS = ['firefox-esr', 'firefox']

/** Path of a Firefox: the one that `BACKFOLD_FIREFOX` names, else one on the PATH. Undefined where there is none. */
export function findFirefox(): string | undefined {
  const named = process.env['BACKFOLD_FIREFOX']
  const found = (process.env['PATH'] ?? '')
    .split(delimiter)
    .filter((folder) => folder !== '')
    .flatMap((folder) => COMMANDS.map((command) => join(folder, command)))
  return [...(named ? [named] : []), ...found].find(isExecutable)
}

/** Said in the titles of tests that are skipped, and once on the console. */
export function whyNoFirefox(): string | undefined {
  if (findFirefox()) return undefined
  const reason = 'no firefox-esr or firefox on the PATH'
  process.stdout.write(`skipped: ${reason}\n`)
  return reason
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}
