/**
 * How the heavy worker counts tokens: `estimate` needs no download; the others load OpenAI's
 * vocabulary of that name (1 MB compressed) when the first job runs, and count exactly with it.
 */
export type TokeniserName = 'estimate' | 'o200k_base' | 'cl100k_base'
