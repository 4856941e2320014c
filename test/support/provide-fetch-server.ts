import type { TestProject } from 'vitest/node'
import { startFetchServer } from './fetch-server.ts'

declare module 'vitest' {
  interface ProvidedContext {
    /** Address of a server that pages reach: see `startFetchServer`. */
    readonly fetchServer: string
  }
}

/** Runs the server while the tests in browsers do. */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const server = await startFetchServer()
  project.provide('fetchServer', server.origin)
  return server.close
}
