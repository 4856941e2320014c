import type { DigestLine } from '../../session/generation.ts'
import type { Message, Seq } from '../../session/message.ts'
import { scanConcepts, type ConceptKind } from '../concepts.ts'
import type { FactKind } from './fact.ts'

/** Something that is named in what was said: an identifier, a path, an amount. */
export interface NamedFact {
  readonly kind: FactKind
  readonly value: string
  /** The words around it where it was named last. */
  readonly subject: string
  readonly sources: readonly Seq[]
  /** Id of the line whose newer value took its place. */
  readonly supersededBy?: string
}

/** Most things named that are told apart. */
const MAX_NAMED = 4_000
/** Longest start of a message that is read. */
const MAX_READ = 20_000
const MAX_SOURCES = 12
/** Characters of the words around a value. */
const AROUND = { before: 60, after: 40 } as const

const DATE =
  /^(?:\d{4}-\d{1,2}(?:-\d{1,2}.*)?|\d{1,2}[./]\d{1,2}[./]\d{2,4}|\d{4}\/\d{1,2}\/\d{1,2}|\d{1,2}:\d{2}(?::\d{2})?)$/

/**
 * What the lines of a digest and the people and models above the mark name. What only tools returned is left to
 * recall: there is too much of it, and no telling what of it counts.
 *
 * @param stated - Lines that state facts, merged: their former values are not current.
 * @see SPEC.md rules FACT5, FACT6
 */
export function collectNamed(
  stated: readonly DigestLine[],
  digest: readonly DigestLine[],
  tail: readonly Message[],
): readonly NamedFact[] {
  const found = new Map<string, NamedFact>()
  const read = (text: string, sources: readonly Seq[], label: string = ''): void => {
    scanConcepts(text, 0, text.length, (concept, from, to) => {
      const value = text.slice(from, to)
      const kind = factKindOf(concept, value)
      if (!kind) return
      const key = `${kind}:${value}`
      const known = found.get(key)
      if (!known && found.size >= MAX_NAMED) return
      const all = [...new Set([...(known?.sources ?? []), ...sources])].toSorted((a, b) => a - b)
      found.set(key, {
        kind,
        value,
        subject: around(text, from, to, label),
        sources: all.slice(-MAX_SOURCES),
      })
    })
  }
  const replaced = formerValues(stated)
  for (const { section, text, label, sources } of digest) {
    if (section !== 'hints' && section !== 'artifacts') read(text, sources, label)
  }
  const inDigest = new Set(digest.map(({ id }) => id))
  for (const { id, text, label, sources } of stated) {
    if (!inDigest.has(id)) read(text, sources, label)
  }
  for (const { role, parts, seq } of tail) {
    if (role === 'tool') continue
    for (const part of parts) if (part.type === 'text') read(part.text.slice(0, MAX_READ), [seq])
  }
  return [...found.values()].map((fact) => {
    const by = replaced.get(fact.value)
    if (!by || (fact.sources.at(-1) ?? 0) > by.seq) return fact
    return { ...fact, supersededBy: by.id }
  })
}

/** What is named in former values and in no current one, with the line that has the newer value. */
function formerValues(
  lines: readonly DigestLine[],
): ReadonlyMap<string, { readonly id: string; readonly seq: Seq }> {
  const replaced = new Map<string, { readonly id: string; readonly seq: Seq }>()
  for (const { id, former = [], text, sources } of lines) {
    const current = new Set(valuesOf(text))
    for (const value of former.flatMap((one) => valuesOf(one.text))) {
      if (!current.has(value)) replaced.set(value, { id, seq: sources.at(-1) ?? 0 })
    }
  }
  return replaced
}

function valuesOf(text: string): readonly string[] {
  const values: string[] = []
  scanConcepts(text, 0, text.length, (_, from, to) => values.push(text.slice(from, to)))
  return values
}

function factKindOf(kind: ConceptKind, value: string): FactKind | undefined {
  switch (kind) {
    case 'url':
      return 'url'
    case 'path':
    case 'file':
      return DATE.test(value) ? 'date' : 'path'
    case 'symbol':
    case 'compound':
    case 'id':
      return DATE.test(value) ? 'date' : 'identifier'
    case 'value':
      return DATE.test(value) ? 'date' : 'amount'
    case 'name':
      return 'name'
    case 'declaration':
    case 'phrase':
      return undefined
  }
}

function around(text: string, from: number, to: number, label: string): string {
  const start = Math.max(0, from - AROUND.before)
  const piece = text
    .slice(start, to + AROUND.after)
    .replace(/\s+/g, ' ')
    .toWellFormed()
    .trim()
  return label === '' ? piece : `${label.slice(0, AROUND.before)}: ${piece}`
}
