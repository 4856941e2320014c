import type { TestProject } from 'vitest/node'
import { findNats } from './find-nats.ts'
import { startNats } from './start-nats.ts'

declare module 'vitest' {
  interface ProvidedContext {
    /** Address of a server that pages reach by a web socket, or why there is none. */
    readonly natsServer: { readonly address: string; readonly missing?: string }
  }
}

/** Runs a server while the tests in browsers do, where it can be had. */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const found = await findNats()
  if (found.missing !== undefined) {
    project.provide('natsServer', { address: '', missing: found.missing })
    return async () => undefined
  }
  const server = await startNats(found)
  project.provide('natsServer', { address: server.webSocket })
  return server.close
}
