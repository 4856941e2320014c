/** Media type by the first characters; good enough to choose how to show it. */
export function guessMediaType(payload: string): string {
  const start = payload.slice(0, 200).trimStart()
  if (/^[[{]/.test(start)) return 'application/json'
  if (/^<(?:!doctype|html)/i.test(start)) return 'text/html'
  if (/^(?:diff --git|--- |@@ )/.test(start)) return 'text/x-diff'
  return 'text/plain'
}
