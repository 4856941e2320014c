import type { Script, ScriptedCall, StopKind, Usage } from './script.ts'

export type Json = Readonly<Record<string, unknown>>

/** What is wrong with a request, as its vendor would see it. */
export interface Objection {
  readonly status: number
  readonly message: string
  readonly param?: string
}

/** How one vendor speaks. */
export interface ProtocolShape {
  /** Null where the request is as the vendor wants it. */
  judge(path: string, headers: Json, body: Json): Objection | null
  /** The events of a stream, in order. */
  events(answer: StreamedAnswer, body: Json): readonly string[]
  /** One JSON document instead of a stream. */
  whole(answer: StreamedAnswer, body: Json): unknown
  errorBody(status: number, message: string, type?: string, more?: Json): unknown
  /** An error within a stream. */
  errorEvent(type: string, message: string): string
}

export interface StreamedAnswer {
  readonly pieces: readonly string[]
  readonly calls?: readonly ScriptedCall[]
  readonly usage: Usage
  readonly stop: StopKind
  readonly ends: NonNullable<Extract<Script, { kind: 'answer' }>['ends']>
}

export const data = (value: unknown): string => `data: ${JSON.stringify(value)}\n\n`
export const named = (value: { readonly type: string }): string =>
  `event: ${value.type}\ndata: ${JSON.stringify(value)}\n\n`

export function fields(value: unknown): Json {
  return typeof value === 'object' && value !== null ? (value as Json) : {}
}

export function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : []
}
