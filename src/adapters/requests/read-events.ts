import { createParser } from 'eventsource-parser'
import { isJsonObject, type JsonObject } from '../copy-json.ts'

/** One event of a server-sent event stream. */
export interface StreamEvent {
  /** Its type, where the server names one. */
  readonly event?: string
  /** Its `data` lines, joined by newlines. */
  readonly data: string
}

/**
 * All events of a whole event stream, in order, comments and events without data left out. An end without the
 * blank line that closes an event is forgiven, as many servers leave it out. Total; linear in the text.
 */
export function readEvents(text: string): StreamEvent[] {
  const events: StreamEvent[] = []
  const parser = createParser({
    onEvent: ({ event, data }) => events.push(event === undefined ? { data } : { event, data }),
  })
  parser.feed(text.startsWith('\ufeff') ? text.slice(1) : text)
  parser.feed('\n\n')
  return events
}

/**
 * All objects of a text with one JSON object per line, in order, blank lines left out. Total; linear in the text.
 *
 * @returns undefined if there is a line that is no JSON object, such as one that was cut off.
 */
export function readJsonLines(text: string): JsonObject[] | undefined {
  const lines = text.split('\n').filter((line) => line.trim() !== '')
  const objects = lines.map(parseJsonObject).filter((object) => object !== undefined)
  return objects.length === lines.length ? objects : undefined
}

/** A JSON object from its text; undefined for any other text. Total. */
export function parseJsonObject(text: string): JsonObject | undefined {
  const value = parseJson(text)
  return isJsonObject(value) ? value : undefined
}

/** A JSON value from its text; undefined for a text that is no JSON. Total. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
