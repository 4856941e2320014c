/**
 * What a peer is: a library, driven as its own documentation recommends, under the runner's scripted
 * environment. This file has types only.
 *
 * @typedef {object} Line One message of a prompt, whatever the library's own shape.
 * @property {'system' | 'user' | 'assistant' | 'tool'} role
 * @property {string} text
 * @property {readonly string[]} callIds Tool calls that it makes.
 * @property {readonly string[]} resultIds Tool calls that it answers.
 *
 * @typedef {{ id: string, name: string, args: { query: string } }} ToolCall
 *
 * @typedef {object} Environment What a peer gets instead of the world.
 * @property {{ triggerTokens: number, keepTokens: number }} budgets Tokens at which it compacts, and about how many
 * it should keep verbatim; four characters are one token.
 * @property {string} instructions The host's own system prompt.
 * @property {string} directory An empty folder for storage on disk; survives a kill.
 * @property {Map<string, unknown>} disk The same for storage in memory.
 * @property {(request: { messages: readonly Line[], signal?: AbortSignal }) =>
 *   Promise<{ text: string, calls: readonly ToolCall[] }>} chat The chat model. It logs every prompt.
 * @property {(text: string, options?: { signal?: AbortSignal }) => Promise<string>} summarise The summariser. A good
 * summary repeats every marker of the text.
 * @property {(call: ToolCall) => Promise<string>} tool The one tool that there is, `lookup`.
 * @property {<T>(label: string, write: () => T | Promise<T>) => Promise<T>} write Every write of the peer's storage goes
 * through this, so that a process can be killed before any of them.
 *
 * @typedef {object} PeerSession
 * @property {(text: string) => Promise<void>} turn One input of the user, until the model yields.
 * @property {(marker: string) => Promise<boolean>} retrieve Whether the library's own retrieval gives back a message that
 * has the marker.
 * @property {() => Promise<string>} [rollback] The documented way back from a bad summary; says what it did.
 * @property {() => Promise<void>} close
 *
 * @typedef {object} Peer
 * @property {string} name
 * @property {string} label
 * @property {'control' | 'sync' | 'async' | 'prune' | 'ours'} kind
 * @property {readonly string[]} packages Packages whose versions the report names.
 * @property {string} source Where the documentation says how to drive it.
 * @property {'none' | 'app' | 'model'} retrieval Who can get back what was removed.
 * @property {string} notes
 * @property {(env: Environment) => Promise<PeerSession>} open
 * @property {(env: Environment) => Promise<PeerSession>} reopen From the same storage, after a kill.
 */
export {}
