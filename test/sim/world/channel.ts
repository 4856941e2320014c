import type { Endpoint } from 'comlink'
import { plainClone } from './plain-clone.ts'
import { Line, type Thread, type World } from './world.ts'

type Listener = (event: { readonly data: unknown }) => void

/** One end of a channel between two threads, as comlink takes it. */
export class ChannelEnd implements Endpoint {
  private readonly messages = new Set<Listener>()
  private readonly errors = new Set<() => void>()
  /** What the one who holds this end may do besides: end the thread behind it. */
  onTerminate: (() => void) | undefined
  private send: ((message: unknown) => void) | undefined

  /** Messages arrive in the order in which they were sent, each as a step of the thread that gets it. */
  connect(world: World, to: Thread, other: ChannelEnd, label: string): void {
    const line = new Line()
    this.send = (message) => {
      const data = plainClone(message)
      world.schedule(to, label, () => other.hear(data), 0, line)
    }
  }

  /** Lets go of everything: comlink keeps its ends for as long as a call is under way, or for ever. */
  disconnect(): void {
    this.send = undefined
    this.onTerminate = undefined
    this.messages.clear()
    this.errors.clear()
  }

  postMessage(message: unknown): void {
    // A proxy that the garbage collector finds says so, at a time that no seed knows.
    if (!isRelease(message)) this.send?.(message)
  }

  addEventListener(type: string, listener: unknown): void {
    if (type === 'error') this.errors.add(listener as () => void)
    else this.messages.add(listener as Listener)
  }

  removeEventListener(_: string, listener: unknown): void {
    this.messages.delete(listener as Listener)
  }

  terminate(): void {
    this.onTerminate?.()
  }

  reportError(): void {
    const errors = [...this.errors]
    this.disconnect()
    for (const tell of errors) tell()
  }

  private hear(data: unknown): void {
    for (const listener of [...this.messages]) listener({ data })
  }
}

function isRelease(message: unknown): boolean {
  if (typeof message !== 'object' || message === null || !('type' in message)) return false
  return message.type === 'RELEASE'
}
