import { looksRandom } from '../../core/secrets/looks-random.ts'
import { maskSecrets } from '../../core/secrets/mask-secrets.ts'
import type { RemoteSettings } from './check-remote-options.ts'

/** Length of a piece of a key that is hidden wherever it stands: servers quote keys in part. */
const PIECE = 6
const MAX_LENGTH = 240

/**
 * What a server said, as it can be shown: one line, cut, without the key, values of headers or any other secret.
 *
 * @see SPEC.md rule REM3
 */
export function hideKeys(
  text: string,
  settings: Pick<RemoteSettings, 'apiKey' | 'headers'>,
): string {
  const secrets = [
    settings.apiKey,
    ...Object.values(settings.headers).filter((value) => value.length >= 8),
  ]
  const line = text
    .slice(0, 4_000)
    .toWellFormed()
    .replace(/[\p{Cc}\p{Cf}\s]+/gu, ' ')
    .trim()
  const hidden = line.replace(/[^\s"'`,;()<>]{4,4000}/g, (run) =>
    isRandom(run) || secrets.some((secret) => sharesPiece(run, secret)) ? '[hidden]' : run,
  )
  const masked = maskSecrets(hidden).text
  return masked.length > MAX_LENGTH ? `${masked.slice(0, MAX_LENGTH).toWellFormed()}…` : masked
}

/** Whatever it is, it helps nobody; it may be the key in another form. */
function isRandom(run: string): boolean {
  return run.length >= 16 && looksRandom(run)
}

function sharesPiece(run: string, secret: string): boolean {
  if (secret === '') return false
  if (secret.length <= PIECE) return run.includes(secret)
  for (let at = 0; at + PIECE <= run.length; at += 1) {
    if (secret.includes(run.slice(at, at + PIECE))) return true
  }
  return false
}
