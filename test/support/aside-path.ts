/**
 * Where requests to the server of `startFetchServer` go that a test leaves before anything has come of them: whether they
 * arrive, and when, is a matter of time, so that they could take the reply that is meant for another. Their answers never
 * end, and they are not written down.
 */
export const ASIDE_PATH = '/v1/aside/chat/completions'
