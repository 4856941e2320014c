import type { JsonObject } from '../copy-json.ts'
import type { ChunkReader, StreamedPart } from './streamed-part.ts'

/** What a chunk says of a tool's part. A field that it does not name is not there. */
interface ToolUpdate {
  readonly state: string
  readonly input?: unknown
  readonly rawInput?: unknown
  readonly output?: unknown
  readonly errorText?: unknown
  readonly preliminary?: unknown
}

/** Fields that each state has anew. */
const STATE_FIELDS = ['input', 'rawInput', 'output', 'errorText', 'preliminary'] as const

/** Reads the chunks of tool calls and their results into their parts. */
export function createToolParts(parts: StreamedPart[]): ChunkReader {
  /** Newest part of each call, and those of the step that goes on. */
  const known = new Map<string, StreamedPart>()
  const inStep = new Set<string>()
  return (chunk) => {
    const { type, toolCallId: id } = chunk
    if (type === 'start-step') inStep.clear()
    if (typeof id !== 'string' || typeof type !== 'string') return undefined
    const part = known.get(id)
    if (isStart(type) && typeof chunk['toolName'] === 'string' && !(part && inStep.has(id))) {
      const made = newPart(chunk, id)
      known.set(id, made)
      inStep.add(id)
      parts.push(made)
      return applyChunk(made, type, chunk)
    }
    return part && applyChunk(part, type, chunk)
  }
}

function isStart(type: string): boolean {
  return (
    type === 'tool-input-start' || type === 'tool-input-available' || type === 'tool-input-error'
  )
}

function newPart(chunk: JsonObject, toolCallId: string): StreamedPart {
  const { toolName, dynamic } = chunk
  return dynamic === true
    ? { type: 'dynamic-tool', toolName, toolCallId }
    : { type: `tool-${String(toolName)}`, toolCallId }
}

function applyChunk(part: StreamedPart, type: string, chunk: JsonObject): 'read' | undefined {
  const { input, output, errorText, preliminary } = chunk
  switch (type) {
    case 'tool-input-start':
      return update(part, chunk, { state: 'input-streaming' })
    case 'tool-input-delta':
      // What it adds up to comes whole with the next chunk of the call.
      return part['state'] === 'input-streaming' ? 'read' : undefined
    case 'tool-input-available':
      return update(part, chunk, { state: 'input-available', input })
    case 'tool-input-error': {
      const given = part['type'] === 'dynamic-tool' ? { input } : { rawInput: input }
      return update(part, chunk, { state: 'output-error', ...given, errorText })
    }
    case 'tool-output-available':
      return update(part, chunk, {
        state: 'output-available',
        input: part['input'],
        output,
        preliminary,
      })
    case 'tool-output-error': {
      const { input: made, rawInput } = part
      return update(part, chunk, { state: 'output-error', input: made, rawInput, errorText })
    }
    case 'tool-output-denied':
      part['state'] = 'output-denied'
      return 'read'
    case 'tool-approval-request':
      part['state'] = 'approval-requested'
      part['approval'] = approvalOf(chunk)
      return 'read'
    default:
      return undefined
  }
}

function update(part: StreamedPart, chunk: JsonObject, change: ToolUpdate): 'read' {
  const { title, toolMetadata, providerExecuted, providerMetadata } = chunk
  part['state'] = change.state
  for (const field of STATE_FIELDS) setOrDelete(part, field, change[field])
  if (title !== undefined) part['title'] = title
  if (toolMetadata !== undefined) part['toolMetadata'] = toolMetadata
  if (providerExecuted !== undefined) part['providerExecuted'] = providerExecuted
  if ((providerMetadata ?? null) !== null) {
    part[isDone(change) ? 'resultProviderMetadata' : 'callProviderMetadata'] = providerMetadata
  }
  return 'read'
}

function isDone({ state }: ToolUpdate): boolean {
  return state === 'output-available' || state === 'output-error'
}

function setOrDelete(part: StreamedPart, field: string, value: unknown): void {
  if (value === undefined) delete part[field]
  else part[field] = value
}

function approvalOf({
  approvalId,
  approvalDescriptor,
  inputSchemaInput,
  signature,
}: JsonObject): JsonObject {
  return {
    id: approvalId,
    ...((approvalDescriptor ?? null) === null ? {} : { descriptor: approvalDescriptor }),
    ...(inputSchemaInput === undefined ? {} : { inputSchemaInput }),
    ...(typeof signature === 'string' ? { signature } : {}),
  }
}
