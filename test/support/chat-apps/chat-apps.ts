import { convertToModelMessages, safeValidateUIMessages } from 'ai'
import { findAiSdkUiFaults } from '../legality-ai-sdk-ui.ts'
import { findPlainFaults } from '../legality-plain.ts'
import { findOpenAiFaults } from '../legality.ts'
import { openAiReply, plainReply, type ReplyOf, uiMessageReply } from './chat-replies.ts'

/** A chat of somebody else's that Backfold was added to. */
export interface ChatApp {
  readonly name: string
  /** What its page is asked for. */
  readonly query: string
  /** What a person uses of it, as selectors. */
  readonly input: string
  /** One element for each message. */
  readonly message: string
  /** The button that stops an answer: there while one is awaited. */
  readonly stop: string
  /** Where a message of one's own is edited; its buttons to regenerate and edit say so. Missing where it has none. */
  readonly editor?: string
  /** Whether it has its messages again when its page is loaded anew. */
  readonly remembers: boolean
  /** What its sessions are named. */
  readonly session: RegExp
  readonly reply: ReplyOf
  /** What its server would refuse. */
  faults(messages: readonly unknown[]): Promise<readonly string[]>
}

const deepChat = {
  session: /^auto-/,
  remembers: true,
  input: '#text-input',
  message: '.message-bubble.text-message',
  stop: '#stop-icon',
}

const react = {
  query: '',
  input: '[aria-label=Message]',
  message: '[data-role] > p',
  stop: 'button:text-is("Stop")',
  reply: uiMessageReply,
  async faults(messages: readonly unknown[]) {
    const valid = await safeValidateUIMessages({ messages })
    if (!valid.success) return [valid.error.message]
    await convertToModelMessages(valid.data)
    return findAiSdkUiFaults(messages)
  },
}

/** The apps, by their folder in `test/hosts`. */
export const CHAT_APPS: Readonly<Record<string, readonly ChatApp[]>> = {
  'deep-chat': [
    {
      ...deepChat,
      name: 'deep-chat',
      query: '',
      reply: plainReply,
      faults: async (messages) => findPlainFaults(messages),
    },
    {
      ...deepChat,
      name: 'deep-chat, asking a model itself',
      query: 'direct',
      reply: openAiReply,
      faults: async (messages) => findOpenAiFaults(messages),
    },
  ],
  'use-chat': [
    {
      ...react,
      name: 'useChat',
      remembers: true,
      session: /^ai-sdk-ui-harbour$/,
      editor: react.input,
    },
  ],
  'assistant-ui': [
    {
      ...react,
      name: 'assistant-ui',
      remembers: false,
      session: /^auto-/,
      editor: '[aria-label=Edit]',
    },
  ],
}
