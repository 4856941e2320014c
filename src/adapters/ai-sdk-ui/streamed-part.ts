import type { JsonObject } from '../copy-json.ts'

/** A part of a UI message on its way; its fields are those of the SDK. */
export type StreamedPart = Record<string, unknown>

/** Reads a chunk of a stream: undefined for one that is not its own, or makes no sense. */
export type ChunkReader = (chunk: JsonObject) => 'read' | undefined
