import { homedir, hostname } from 'node:os'

/**
 * What must not be in a recording. A recording in which one of these is left is refused, so that
 * nothing about the machine it was made on gets out.
 */
const FORBIDDEN = [
  [/\.\.\/shared\b/, 'a path outside the project'],
  [/(?:^|[\s"'`(=:])\/(?:work|home(?!\/user\b)|root|Users|tmp|opt|mnt)\/\w/, 'a path of a machine'],
  [/\bissue #\d/i, 'the number of an issue'],
  [/https?:\/\/[^\s"'`]*(?:registry|artifactory|verdaccio|nexus)[^\s"'`]*/i, 'a registry’s host'],
  [/_authToken|npm_[A-Za-z0-9]{30,}|\b(?:sk|ghp|gho)[-_][A-Za-z0-9]{16,}/, 'a credential'],
  [/\b(?:10|127|172|192)\.\d+\.\d+\.\d+:\d+/, 'an address'],
]

/**
 * Replaces what tells about the machine.
 *
 * @param {readonly string[]} roots - Folders that stand for the project.
 * @param {readonly string[]} homes - Folders that stand for a person's own.
 */
export function createScrubber(roots, homes) {
  const paths = roots.map((root) => [root, '/project'])
  const own = [...homes, homedir()].map((home) => [home, '/home/user'])
  const host = hostname()
  // A short name, such as a single word, is also an ordinary word of the code.
  const names = host.length > 6 ? [[host, 'machine']] : []
  const replacements = [...paths, ...own, ...names]
  return (text) =>
    replacements.reduce((left, [from, to]) => left.replaceAll(from, () => to), withoutColours(text))
}

/** Colours are for terminals; carriage returns redraw a line, and only its last state counts. */
function withoutColours(text) {
  // eslint-disable-next-line no-control-regex
  const plain = text.replace(/\u001b\[[0-9;?]*[A-Za-z]/g, '')
  return plain.replace(/[^\n]*\r(?!\n)/g, '').replaceAll('\r\n', '\n')
}

/** @throws if something is left in the text that must not be published. */
export function assertClean(text, where) {
  for (const [pattern, what] of FORBIDDEN) {
    const match = pattern.exec(text)
    if (match) throw new Error(`${where} holds ${what}: ${around(text, match.index)}`)
  }
}

function around(text, index) {
  return JSON.stringify(text.slice(Math.max(0, index - 60), index + 80))
}
