import { spawn } from 'node:child_process'
import { createInterface } from 'node:readline'

/**
 * Starts a role in a process of its own, which tells one value after the other.
 *
 * @param {string} file - The bundled `sync-process.ts`.
 * @param {string} name
 * @param {unknown} wish
 */
export function startRole(file, name, wish) {
  const child = spawn(
    process.execPath,
    ['--max-old-space-size=6144', file, name, JSON.stringify(wish)],
    {
      stdio: ['pipe', 'pipe', 'inherit'],
    },
  )
  const ended = new Promise((resolve) => child.once('exit', resolve))
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
  const next = async () => {
    const { done, value } = await lines.next()
    if (done) throw new Error(`${name} ended with ${await ended}`)
    return JSON.parse(value)
  }
  return {
    next,
    /** Asks one thing of a role that waits for it. */
    async ask(what) {
      child.stdin.write(`${what}\n`)
      return next()
    },
    async end() {
      child.stdin.end()
      await ended
    },
  }
}

/** What a role tells that tells one value. */
export async function runRole(file, name, wish) {
  const role = startRole(file, name, wish)
  try {
    return await role.next()
  } finally {
    await role.end()
  }
}

/** Servers for as long as some work takes. */
export async function withServer(file, wish, work) {
  const role = startRole(file, 'serve', wish)
  try {
    return await work({ ...(await role.next()), ask: role.ask })
  } finally {
    await role.end()
  }
}
