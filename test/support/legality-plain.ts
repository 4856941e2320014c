/** What an app that sends roles and texts takes. Written without a line of the adapters' code. */
export function findPlainFaults(messages: readonly unknown[]): readonly string[] {
  return messages.flatMap((message, i) => {
    if (typeof message !== 'object' || message === null) return [`messages[${i}]: no object`]
    const { role, text, html, files } = message as Readonly<Record<string, unknown>>
    if (typeof role !== 'string' || role === '') return [`messages[${i}]: no role`]
    const says = typeof text === 'string' || typeof html === 'string' || Array.isArray(files)
    if (!says) return [`messages[${i}]: nothing said`]
    const named = (file: unknown): boolean =>
      typeof file === 'object' && file !== null && ('src' in file || 'name' in file)
    const isWhole = !Array.isArray(files) || files.every(named)
    return isWhole ? [] : [`messages[${i}]: a file without source and name`]
  })
}
