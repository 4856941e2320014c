/** Files that were dropped on a page that does not take them, until the import page asks for them. */
let waiting: readonly File[] = []
const listeners = new Set<() => void>()

/** Puts files down for the import page. */
export function handOver(files: readonly File[]): void {
  waiting = [...waiting, ...files]
  for (const listener of listeners) listener()
}

/** Takes all that wait; nobody else gets them. */
export function takeDropped(): readonly File[] {
  const taken = waiting
  waiting = []
  return taken
}

/** Calls back when files were put down; returns the way to stop. */
export function onDropped(listener: () => void): () => void {
  listeners.add(listener)
  return () => void listeners.delete(listener)
}
