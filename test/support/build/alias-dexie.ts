import type { Alias } from 'vite'

/**
 * Dexie's build for today's browsers instead of the one for ES5 that its manifest offers: smaller, and
 * with the engine's own async functions. Every build and every test uses the same one.
 */
export const DEXIE_ALIAS: Alias = { find: /^dexie$/, replacement: 'dexie/dist/modern/dexie.mjs' }
