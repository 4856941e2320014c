import { matchKey } from '../core/session/match-key.ts'
import type { Draft } from '../core/session/message.ts'
import { createNewest } from './newest.ts'

/** Scopes whose keys are remembered, and the characters of texts that each may keep. */
const MOST_SCOPES = 4
const MOST_CHARACTERS = 6_000_000
/** Shorter texts are hashed as fast as they are found. */
const LEAST_TEXT = 64
/** Longer ones would take the place of all others. */
const MOST_TEXT = MOST_CHARACTERS / 2

interface Keys {
  newer: Map<string, string>
  older: Map<string, string>
  characters: number
}

/**
 * Keys of messages as {@link matchKey} gives them. A host sends its whole history with every request: what was hashed for
 * the last one is not hashed again, which is most of the time that a long request takes.
 *
 * Scopes share nothing, so that no page can tell by the time it takes what another one sends.
 */
export interface KeyMemory {
  keyOf(scope: string): (draft: Pick<Draft, 'role' | 'parts'>) => string
}

export function createKeyMemory(): KeyMemory {
  const scopes = createNewest<Keys>({ entries: MOST_SCOPES })
  return {
    keyOf(scope) {
      const keys: Keys = scopes.get(scope) ?? {
        newer: new Map<string, string>(),
        older: new Map<string, string>(),
        characters: 0,
      }
      scopes.add(scope, keys)
      return (draft) => {
        const [part] = draft.parts
        const isText = draft.parts.length === 1 && part?.type === 'text'
        const isKept = isText && part.text.length >= LEAST_TEXT && part.text.length < MOST_TEXT
        if (!isKept) return matchKey(draft)
        const said = `${draft.role} ${part.text}`
        const known = keys.newer.get(said)
        if (known !== undefined) return known
        const key = keys.older.get(said) ?? matchKey(draft)
        remember(keys, said, key)
        return key
      }
    },
  }
}

/** What was not asked for while as much again was is forgotten. */
function remember(keys: Keys, said: string, key: string): void {
  if (keys.characters + said.length > MOST_CHARACTERS / 2) {
    keys.older = keys.newer
    keys.newer = new Map()
    keys.characters = 0
  }
  keys.newer.set(said, key)
  keys.characters += said.length
}
