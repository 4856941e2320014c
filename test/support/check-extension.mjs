/**
 * Lints the built extension with web-ext, which is what Firefox's store runs. Anything that it says ends in an error, but for
 * what a build of Chrome can't have: that linter knows no other browser.
 */
import { execFileSync } from 'node:child_process'
import { existsSync } from 'node:fs'

/**
 * What is right as it is, by browser, and how often it is said at most. Assignments to innerHTML are two of React's, for what
 * no code here asks of it, and one of DOMPurify's; a fourth would be ours.
 */
const ANY = Infinity
const KNOWN = {
  chrome: {
    BACKGROUND_SERVICE_WORKER_NOFALLBACK: ANY,
    ADDON_ID_REQUIRED: ANY,
    MANIFEST_PERMISSIONS: ANY,
    MISSING_DATA_COLLECTION_PERMISSIONS: ANY,
    INCOGNITO_SPLIT_UNSUPPORTED: ANY,
    UNSUPPORTED_API: ANY,
    UNSAFE_VAR_ASSIGNMENT: 3,
  },
  firefox: {
    // The key is for Firefox on desktops from 140; on Android, where the extension is not offered, it came later.
    KEY_FIREFOX_ANDROID_UNSUPPORTED_BY_MIN_VERSION: ANY,
    UNSAFE_VAR_ASSIGNMENT: 3,
  },
}

let failures = 0
for (const [browser, known] of Object.entries(KNOWN)) {
  const folder = `dist/extension/${browser}`
  if (!existsSync(folder)) {
    console.error(`${folder} is missing: npm run build:extension`)
    failures += 1
    continue
  }
  const said = {}
  for (const { code, file, line, message } of lint(folder)) {
    said[code] = (said[code] ?? 0) + 1
    if (said[code] <= (known[code] ?? 0)) continue
    console.error(`${folder}/${file ?? ''}:${line ?? 0} ${code}: ${message}`)
    failures += 1
  }
}
if (failures > 0) process.exitCode = 1

function lint(folder) {
  const webExt = 'node_modules/web-ext/bin/web-ext.js'
  const args = [webExt, 'lint', '--no-config-discovery', '--source-dir', folder, '--output', 'json']
  let output
  try {
    output = execFileSync(process.execPath, args, {
      encoding: 'utf8',
      maxBuffer: 1e8,
      stdio: ['ignore', 'pipe', 'ignore'],
    })
  } catch (error) {
    // It ends so where it has found errors; what it found is told all the same.
    output = error.stdout
  }
  const { errors, warnings } = JSON.parse(output)
  return [...errors, ...warnings]
}
