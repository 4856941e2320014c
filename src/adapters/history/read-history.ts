import type { MessageInput } from '../../protocol/requests.ts'
import { isJsonObject } from '../copy-json.ts'
import type { Flag, Repair } from './history-findings.ts'
import { invalidInput, kindOf } from '../invalid-input.ts'
import { repairMessages } from './repair-messages.ts'
import type { RepairOptions } from './repair-history.ts'
import { leadingSystem, MAX_FILE_BYTES, parseSessionFile } from './session-file.ts'

/** A history of another tool: a file of it or its bytes, its messages, or an object that holds them. */
export type HistorySource =
  | Blob
  | Uint8Array
  | readonly MessageInput[]
  | {
      readonly messages: readonly MessageInput[]
      /** The system prompt, where the format keeps it apart; it becomes the first message. */
      readonly system?: unknown
      readonly title?: string
    }

/** A history read and repaired. */
export interface ReadHistory {
  /** Undefined for messages that came without one. */
  readonly title: string | undefined
  readonly messages: readonly MessageInput[]
  readonly repairs: readonly Repair[]
  readonly flags: readonly Flag[]
}

/**
 * Reads and repairs a history, whatever it comes as.
 *
 * @throws BackfoldError `INVALID_INPUT` for what is no history.
 * @see SPEC.md rules HEAL15, HEAL16
 */
export async function readHistory(
  source: HistorySource,
  options: RepairOptions,
): Promise<ReadHistory> {
  const given: unknown = source
  if (given instanceof Blob) return readFile(nameOf(given), given, options)
  if (given instanceof Uint8Array) return readFile('history', given, options)
  if (Array.isArray(given)) return { title: undefined, ...repairValues(given, options) }
  const { messages, system, title } = isJsonObject(given) ? given : {}
  if (!Array.isArray(messages)) {
    const expected = 'a file, bytes, an array of messages or an object with messages'
    return invalidInput(`a history is ${expected}, got ${kindOf(given)}`)
  }
  return {
    title: typeof title === 'string' && title !== '' ? title : undefined,
    ...repairValues([...leadingSystem(system), ...(messages as readonly unknown[])], options),
  }
}

function nameOf(blob: Blob): string {
  return 'name' in blob && typeof blob.name === 'string' ? blob.name : 'history'
}

async function readFile(
  name: string,
  source: Blob | Uint8Array,
  options: RepairOptions,
): Promise<ReadHistory> {
  // Told before it is read, because it would have to fit into memory.
  if (source instanceof Blob && source.size > MAX_FILE_BYTES) {
    invalidInput(`${name}: larger than ${MAX_FILE_BYTES} bytes`)
  }
  const bytes = source instanceof Blob ? new Uint8Array(await source.arrayBuffer()) : source
  const { title, drafts, repairs, flags } = await parseSessionFile(name, bytes, options)
  return { title, messages: drafts, repairs, flags }
}

function repairValues(
  values: readonly unknown[],
  options: RepairOptions,
): Omit<ReadHistory, 'title'> {
  if (values.length === 0) invalidInput('the history holds no messages')
  return repairMessages(values as readonly object[], options)
}
