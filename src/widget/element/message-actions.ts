import type { Message } from '../../core/session/message.ts'

/** What a host adds to the actions of a message: a node for each, or a text. */
export type MessageActions = (message: Message) => Node | string | null
