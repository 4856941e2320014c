import type { ChatLabels } from './chat-labels.ts'
import { ENGLISH } from './english.ts'

/**
 * The words in a language, loaded when they are wanted; English where there are none.
 *
 * @param locale - BCP 47, such as `de-AT`.
 * @see SPEC.md rule VIEW15
 */
export async function loadLabels(locale: string): Promise<ChatLabels> {
  const language = locale.toLowerCase().split(/[-_]/, 1)[0]
  try {
    if (language === 'de') return (await import('./german.ts')).GERMAN
    if (language === 'ar') return (await import('./arabic.ts')).ARABIC
  } catch {
    // Words that can't be loaded, as without a connection, are no reason to draw nothing.
  }
  return ENGLISH
}
