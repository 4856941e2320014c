/** Gives a text to the person as a file, and says so. */
export function saveFile(name: string, text: string): string {
  const address = URL.createObjectURL(new Blob([text], { type: 'application/json' }))
  const link = document.createElement('a')
  link.href = address
  link.download = name
  link.click()
  // The browser has begun to read by then.
  setTimeout(() => URL.revokeObjectURL(address), 10_000)
  return `Written to ${name}.`
}
