/**
 * Match pattern of an origin. Firefox knows no ports in patterns; there, and so that both do the same, another port of
 * the same host matches as well, and nothing is done on it because it is not enabled.
 *
 * @param origin - As browsers give it.
 */
export function patternOf(origin: string): string {
  const { protocol, hostname } = new URL(origin)
  return `${protocol}//${hostname}/*`
}
