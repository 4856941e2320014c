import type { Plugin } from 'vite'
/** Checks the folder that a user named; returns its real path. */
export function openSessionFolder(folder: string): string
/** Serves the session files of one folder below `/local-sessions/`; without one the list is empty. */
export function serveSessions(folder: string | undefined): Plugin
