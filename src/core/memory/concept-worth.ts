import type { ConceptKind } from './concepts.ts'

/** Who wrote what a concept stands in. */
export type Origin = 'own' | 'user' | 'tool'

/**
 * How often, of a thousand concepts of a kind, one is needed again after it has left the context: counted on
 * recorded sessions of agents, rounded. What a model wrote itself it needs ten times as often as what a tool
 * returned; of numbers that a tool returned it needs next to none.
 */
const WORTH: Readonly<Record<Origin, Readonly<Record<ConceptKind, number>>>> = {
  own: {
    path: 110,
    file: 100,
    declaration: 60,
    symbol: 80,
    compound: 50,
    id: 55,
    phrase: 50,
    url: 50,
    value: 60,
    name: 45,
  },
  user: {
    path: 60,
    file: 60,
    declaration: 60,
    symbol: 60,
    compound: 40,
    id: 45,
    phrase: 40,
    url: 40,
    value: 40,
    name: 40,
  },
  tool: {
    path: 3,
    file: 12,
    declaration: 25,
    symbol: 11,
    compound: 6,
    id: 11,
    phrase: 9,
    url: 3,
    value: 4,
    name: 12,
  },
}

/** Messages after which what was said is no longer fresh. */
const FRESH_MESSAGES = 8

/** How much more something is worth that was said so many messages ago than something of long ago: 2.5 to 1. */
export function recencyOf(messages: number): number {
  return 1 + 1.5 * Math.exp(-Math.max(0, messages) / FRESH_MESSAGES)
}

/** What is left of the worth of numbers and capitals that stand in code instead of in sentences. */
const IN_CODE = 0.1

/** What one concept is worth keeping, on the scale of a digest line's salience. */
export function conceptWorth(origin: Origin, kind: ConceptKind, isProse: boolean): number {
  const worth = WORTH[origin][kind]
  if (kind === 'compound') return isProse ? 0 : worth
  return !isProse && (kind === 'value' || kind === 'name') ? worth * IN_CODE : worth
}

/** Share of a text that signs of code may have in prose. */
const MOST_SIGNS = 0.035

/** Whether a stretch of text reads as sentences rather than as code or data. */
export function isProse(text: string, from: number, to: number): boolean {
  let signs = 0
  for (let at = from; at < to; at++) {
    const code = text.charCodeAt(at)
    if (code < 128 && SIGNS[code] === 1) signs++
  }
  return signs <= (to - from) * MOST_SIGNS
}

const SIGNS = Uint8Array.from({ length: 128 }, (_, code) =>
  '{}[]()<>=;|\\/_&+#@^~"'.includes(String.fromCharCode(code)) ? 1 : 0,
)
