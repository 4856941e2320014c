import type { Context } from '../core/session/context.ts'
import type { Draft } from '../core/session/message.ts'
import type { ToolSpec } from '../core/memory/tool-specs.ts'
import type {
  AnsweredCall,
  FoundCalls,
  ToolFormat,
  ToolMessage,
  WireTools,
} from '../protocol/tool-messages.ts'
import type { ContextFormat, MessageInput } from '../protocol/requests.ts'

/** Translates between host formats and messages; handed in, because adapters stand above the engine. */
export interface Codec {
  toDraft(input: MessageInput, at: string): Draft
  render(
    context: Context,
    format: ContextFormat,
  ): { readonly messages: readonly unknown[]; readonly system?: string }
  /** Tools in the shape of a provider. */
  writeTools<F extends ToolFormat>(specs: readonly ToolSpec[], format: F): WireTools[F]
  /** The tool calls of a message in any of the formats; undefined if it makes none. */
  readToolCalls(message: unknown): FoundCalls | undefined
  /** The messages that give results back. */
  writeToolResults(format: ToolFormat, answers: readonly AnsweredCall[]): ToolMessage[]
}
