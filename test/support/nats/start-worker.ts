import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'

/** A worker of a fleet in a process of its own. */
export interface RunningWorker {
  /** What it has said so far, line by line. */
  lines(): readonly string[]
  /** Calls back with each line as it comes. */
  onLine(listener: (line: string) => void): void
  signal(name: NodeJS.Signals): void
  /** Resolves to its exit code, or the signal that ended it. */
  readonly ended: Promise<number | string>
}

export function startWorker(
  program: string,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): RunningWorker {
  const child: ChildProcess = spawn(process.execPath, [program, ...args], {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const lines: string[] = []
  const listeners: ((line: string) => void)[] = []
  for (const stream of [child.stdout, child.stderr]) {
    let rest = ''
    stream?.setEncoding('utf8').on('data', (text: string) => {
      const parts = (rest + text).split('\n')
      rest = parts.pop() ?? ''
      for (const line of parts) {
        lines.push(line)
        for (const listener of listeners) listener(line)
      }
    })
  }
  return {
    lines: () => lines,
    onLine: (listener) => void listeners.push(listener),
    signal: (name) => void child.kill(name),
    ended: once(child, 'exit').then(([code, signal]) => (code ?? signal) as number | string),
  }
}
