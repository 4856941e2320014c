import type { MemoryItem } from './memory-item.ts'

/** Most words looked for at a time, and most characters read of what was typed. */
const MOST_WORDS = 12
const MOST_TYPED = 300

/** Items under one heading, in their order. */
export interface ItemGroup {
  readonly name: string
  readonly items: readonly MemoryItem[]
}

/**
 * The items that hold every word typed, whatever their case; `#12` stands for what comes from message 12.
 *
 * @see SPEC.md rule APP63
 */
export function filterItems(items: readonly MemoryItem[], typed: string): readonly MemoryItem[] {
  const words = typed.slice(0, MOST_TYPED).toLowerCase().split(/\s+/).filter(Boolean)
  if (words.length === 0) return items
  const wanted = words.slice(0, MOST_WORDS).map(readWord)
  return items.filter((item) => {
    const text = textOfItem(item)
    return wanted.every(({ word, seq }) => {
      return text.includes(word) || (seq !== null && item.sources.includes(seq))
    })
  })
}

/** Items by heading, both in the order in which they come, up to a number of items. */
export function groupItems(items: readonly MemoryItem[], most: number): readonly ItemGroup[] {
  const groups = new Map<string, MemoryItem[]>()
  for (const item of items.slice(0, most)) {
    const own = groups.get(item.group)
    if (own) own.push(item)
    else groups.set(item.group, [item])
  }
  return [...groups].map(([name, own]) => ({ name, items: own }))
}

function readWord(word: string): { readonly word: string; readonly seq: number | null } {
  return { word, seq: /^#\d{1,9}$/.test(word) ? Number(word.slice(1)) : null }
}

function textOfItem({ title, detail, notes, status, group }: MemoryItem): string {
  return [title, detail, ...notes, status?.text ?? '', group].join('\n').toLowerCase()
}
