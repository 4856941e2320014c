import type { HostMemory } from './chats.ts'
import { isWindow } from './window-of.ts'

/** Windows that servers told, each to the pages of one origin: another page may lie about the same server. */
export interface ToldWindows {
  get(origin: string, server: string, model: string | null): number | undefined
  set(origin: string, server: string, model: string | null, tokens: number): void
}

const MEMORY = 'windows'
/** Windows that are remembered, and the longest name of one in characters. */
const MOST = 200
const MOST_NAME = 700

/** @see SPEC.md rule GAUGE1 */
export function createToldWindows(
  memory: HostMemory,
  onChange: (origin: string) => void,
): ToldWindows {
  const windows = new Map<string, number>()
  void memory.get(MEMORY).then(
    (stored) => {
      for (const [name, tokens] of readWindows(stored)) {
        if (!windows.has(name)) windows.set(name, tokens)
      }
    },
    () => {},
  )
  const nameOf = (origin: string, server: string, model: string): string =>
    JSON.stringify([origin, server, model])
  return {
    get: (origin, server, model) =>
      windows.get(nameOf(origin, server, model ?? '')) ?? windows.get(nameOf(origin, server, '')),
    set(origin, server, model, tokens) {
      const name = nameOf(origin, server, model ?? '')
      if (!isWindow(tokens) || name.length > MOST_NAME || windows.get(name) === tokens) return
      windows.delete(name)
      windows.set(name, tokens)
      for (const oldest of windows.keys()) {
        if (windows.size <= MOST) break
        windows.delete(oldest)
      }
      void memory.set(MEMORY, JSON.stringify([...windows])).catch(() => {})
      onChange(origin)
    },
  }
}

function readWindows(stored: string | null): readonly (readonly [string, number])[] {
  try {
    const read: unknown = JSON.parse(stored ?? '[]')
    if (!Array.isArray(read)) return []
    return read.slice(-MOST).flatMap((entry: unknown) => {
      const [name, tokens] = Array.isArray(entry) ? (entry as readonly unknown[]) : []
      return typeof name === 'string' && isWindow(tokens) ? [[name, tokens] as const] : []
    })
  } catch {
    return []
  }
}
