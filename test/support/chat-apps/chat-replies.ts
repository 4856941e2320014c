import { createUIMessageStream, JsonToSseTransformStream, UI_MESSAGE_STREAM_HEADERS } from 'ai'
import type { Reply } from '../fetch-server.ts'
import { streamed } from '../host-app.ts'

/** How one protocol streams an answer whose text comes in such pieces. */
export type ReplyOf = (texts: readonly string[]) => Promise<Reply>

const EVENTS = { 'content-type': 'text/event-stream' }

/** The shape that the deep-chat element reads from any server. */
export const plainReply: ReplyOf = async (texts) => ({
  headers: EVENTS,
  pieces: texts.map((text) => `data: ${JSON.stringify({ text })}\n\n`),
})

/** Chat completions. */
export const openAiReply: ReplyOf = async (texts) => {
  const [start = '', ...rest] = eventsOf(streamed(''))
  const said = texts.map(
    (content) =>
      `data: ${JSON.stringify({ id: 'c', object: 'chat.completion.chunk', model: 'm', choices: [{ index: 0, delta: { content } }] })}\n\n`,
  )
  return { headers: EVENTS, pieces: [start, ...said, ...rest] }
}

/** A UI message stream, written by the AI SDK itself. */
export const uiMessageReply: ReplyOf = async (texts) => {
  const stream = createUIMessageStream({
    execute({ writer }) {
      // The same in every run, so that runs can be compared.
      writer.write({ type: 'start', messageId: idOf(texts.join('')) })
      writer.write({ type: 'start-step' })
      writer.write({ type: 'text-start', id: 'text' })
      for (const delta of texts) writer.write({ type: 'text-delta', id: 'text', delta })
      writer.write({ type: 'text-end', id: 'text' })
      writer.write({ type: 'finish-step' })
      writer.write({ type: 'finish' })
    },
  })
  const pieces: string[] = []
  for await (const piece of stream.pipeThrough(new JsonToSseTransformStream())) pieces.push(piece)
  return { headers: { ...UI_MESSAGE_STREAM_HEADERS }, pieces }
}

/** An answer that stays open once its text was sent, until the app leaves. */
export function keptOpen(reply: Reply, last: string): Reply {
  const upTo = reply.pieces.findIndex((piece) => piece.includes(last))
  return { ...reply, pieces: reply.pieces.slice(0, upTo + 1), staysOpen: true }
}

function idOf(text: string): string {
  return Buffer.from(text).toString('base64url').slice(0, 32)
}

function eventsOf(stream: string): readonly string[] {
  return stream.split(/(?<=\n\n)/)
}
