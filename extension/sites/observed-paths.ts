/**
 * Which responses of a page are worth reading along: its method, and the path with its query. By path alone, not by
 * host, so that the same application on another host is read as well. A method that is not named has none.
 *
 * Conversations: ChatGPT, Claude, DeepSeek, Grok, Perplexity; answers: the same and Gemini, whose conversations are
 * answers to a POST too. Sources: public clients of these sites, 2026-03 to 2026-10.
 */
export const OBSERVED_PATHS: Readonly<Record<string, RegExp>> = {
  GET: /\/(?:(?:conversation|chat_conversations|conversations_v2|rest\/thread)\/[^/?]+|history_messages|conversations\/[^/?]+\/(?:responses|response-node))(?:\?|$)/,
  POST: /\/(?:(?:conversation|chat\/(?:completion|regenerate|edit_message|continue)|chat_conversations\/[^/?]+\/(?:retry_)?completion|conversations\/(?:new|[^/?]+\/(?:load-)?responses)|sse\/perplexity_ask|StreamGenerate)(?:\?|$)|batchexecute\?[^#]*hNvQHb)/,
}
