import type { Captured, ObservedResponse, SiteTurn } from '../site.ts'

/** A response with its address taken apart. */
export interface Reading extends ObservedResponse {
  readonly pathname: string
  readonly search: URLSearchParams
}

/** Reads a response that it knows by its path and its shape; empty for any other. May throw on garbage. */
export type ResponseReader = (reading: Reading) => readonly Captured[]

/** A conversation and the last turn of the branch that is shown. */
export interface TurnTree {
  readonly turns: readonly SiteTurn[]
  /** Null where there is no turn. */
  readonly leaf: string | null
}

/** Most characters of an id that is believed. */
const MAX_ID = 200

/** An id as a site gives it, as text: short texts and whole numbers; undefined for anything else. */
export function idOf(value: unknown): string | undefined {
  if (typeof value === 'number') return Number.isSafeInteger(value) ? String(value) : undefined
  if (typeof value !== 'string' || value === '' || value.length > MAX_ID) return undefined
  return value
}

/** An id of a conversation, which is a part of an address as well. */
export function conversationIdOf(value: unknown): string | undefined {
  const id = idOf(value)
  return id !== undefined && /^[\w.~-]+$/.test(id) ? id : undefined
}

/** The optional fields of what is captured, where they say anything. */
export function titled(title: unknown, model?: unknown): { title?: string; model?: string } {
  return {
    ...(typeof title === 'string' && title !== '' ? { title: title.slice(0, 500) } : {}),
    ...(typeof model === 'string' && model !== '' ? { model: model.slice(0, MAX_ID) } : {}),
  }
}

/**
 * Turns whose first one follows another that is not among them.
 *
 * @param parent - Null for the first of the conversation, undefined where it is not known. No turn follows itself.
 */
export function startingAt(
  turns: readonly SiteTurn[],
  parent: string | null | undefined,
): readonly SiteTurn[] {
  return turns.map((turn, index) => {
    if (index > 0) return turn
    const { parent: _none, ...bare } = turn
    return parent === undefined || parent === turn.id ? bare : { ...bare, parent }
  })
}
