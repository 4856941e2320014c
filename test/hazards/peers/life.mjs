import { setMaxListeners } from 'node:events'
import { Killed } from '../environment.mjs'

/** The life that each environment's process is in. @type {WeakMap<object, Life>} */
const lives = new WeakMap()

/** Longest that a dead process's operations are waited for. */
const BURIAL_MS = 1_000

/**
 * @typedef {object} Life
 * @property {import('../peer.mjs').Environment} env The world, until this process ends.
 * @property {AbortSignal} signal Aborted when it ends.
 * @property {<T>(task: () => Promise<T>) => Promise<T>} live Runs a task of the host, which dies with the
 * process: a task that is under way when that ends never settles.
 * @property {(release: () => unknown) => void} onEnd What the system takes back from a process that is gone.
 * @property {() => Promise<void>} end
 */

/**
 * Starts a process over an environment and ends the one before it.
 *
 * A kill leaves the promises of the old process in this one. None of them may reach the world of the
 * new process, and those that wait for it must end, or the library takes their work as still going
 * on, because it remembers it in variables of its modules.
 *
 * @param {import('../peer.mjs').Environment} world
 * @returns {Promise<Life>}
 */
export async function beginLife(world) {
  await lives.get(world)?.end()
  const gone = new AbortController()
  // Every call of the process listens.
  setMaxListeners(0, gone.signal)
  const died = new Promise((_, reject) => {
    gone.signal.addEventListener('abort', () => reject(gone.signal.reason), { once: true })
  })
  died.catch(() => {})
  const releases = []
  const whileAlive = (call) => async (input, second) => {
    gone.signal.throwIfAborted()
    return Promise.race([call(input, second), died])
  }
  const heard = (options = {}) => {
    const signals = options.signal ? [options.signal, gone.signal] : [gone.signal]
    return { ...options, signal: AbortSignal.any(signals) }
  }
  const life = {
    env: {
      ...world,
      chat: whileAlive((request) => world.chat(heard(request))),
      summarise: whileAlive((text, options) => world.summarise(text, heard(options))),
      tool: whileAlive(world.tool),
      write: whileAlive(world.write),
    },
    signal: gone.signal,
    async live(task) {
      try {
        return await task()
      } finally {
        if (gone.signal.aborted) await new Promise(() => {})
      }
    },
    onEnd: (release) => void releases.push(release),
    async end() {
      if (gone.signal.aborted) return
      gone.abort(new Killed('The process has ended.'))
      const released = Promise.allSettled(releases.map(async (release) => release()))
      await Promise.race([released, new Promise((resolve) => setTimeout(resolve, BURIAL_MS))])
    },
  }
  lives.set(world, life)
  return life
}
