import type { Context } from '../core/session/context.ts'
import type { Draft } from '../core/session/message.ts'
import type { ContextFormat, MessageInput } from '../protocol/requests.ts'

/** Translates between host formats and messages; handed in, because adapters stand above the engine. */
export interface Codec {
  toDraft(input: MessageInput, at: string): Draft
  render(
    context: Context,
    format: ContextFormat,
  ): { readonly messages: readonly unknown[]; readonly system?: string }
}
