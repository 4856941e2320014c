import { writeFileSync } from 'node:fs'
import type { BidiSocket } from './bidi-socket.ts'

/** One tab. */
export interface FirefoxPage {
  goto(url: string): Promise<void>
  /** The value of an expression in the page, awaited; as JSON, so it has to be plain. */
  evaluate<T>(expression: string): Promise<T>
  /** Asks again until an expression is truthy. */
  until(expression: string, longestMs?: number): Promise<void>
  /** Presses the pointer at a place of the viewport, in CSS pixels. */
  click(x: number, y: number): Promise<void>
  /** Presses keys together, and lets them go in turn: `Control`, `z`. */
  press(...keys: readonly string[]): Promise<void>
  screenshot(file: string): Promise<void>
  close(): Promise<void>
}

/** Keys with no character, by the codes of WebDriver. */
const KEYS: Readonly<Record<string, string>> = {
  Backspace: '\ue003',
  Tab: '\ue004',
  Enter: '\ue007',
  Shift: '\ue008',
  Control: '\ue009',
  Escape: '\ue00c',
  ArrowLeft: '\ue012',
  ArrowUp: '\ue013',
  ArrowRight: '\ue014',
  ArrowDown: '\ue015',
}

export function createFirefoxPage(socket: BidiSocket, context: string): FirefoxPage {
  const evaluate = async <T>(expression: string): Promise<T> => {
    const { type, result, exceptionDetails } = await socket.send('script.evaluate', {
      expression: `(async () => JSON.stringify(await (${expression})))()`,
      target: { context },
      awaitPromise: true,
      userActivation: true,
    })
    if (type !== 'success') throw new Error(JSON.stringify(exceptionDetails))
    const { value } = result as { readonly value?: string }
    return (value === undefined ? undefined : JSON.parse(value)) as T
  }
  const perform = (source: object): Promise<unknown> =>
    socket.send('input.performActions', { context, actions: [source] })
  return {
    evaluate,
    async goto(url) {
      await socket.send('browsingContext.navigate', { context, url, wait: 'complete' })
    },
    async until(expression, longestMs = 20_000) {
      const end = performance.now() + longestMs
      while (!(await evaluate<boolean>(`(async () => Boolean(await (${expression})))()`))) {
        if (performance.now() > end) throw new Error(`never came true: ${expression}`)
        await new Promise((resolve) => setTimeout(resolve, 50))
      }
    },
    async click(x, y) {
      await perform({
        type: 'pointer',
        id: 'mouse',
        actions: [
          { type: 'pointerMove', x: Math.round(x), y: Math.round(y) },
          { type: 'pointerDown', button: 0 },
          { type: 'pointerUp', button: 0 },
        ],
      })
    },
    async press(...keys) {
      const values = keys.map((key) => KEYS[key] ?? key)
      const down = values.map((value) => ({ type: 'keyDown', value }))
      const up = values.toReversed().map((value) => ({ type: 'keyUp', value }))
      await perform({ type: 'key', id: 'keyboard', actions: [...down, ...up] })
    },
    async screenshot(file) {
      const { data } = await socket.send('browsingContext.captureScreenshot', { context })
      writeFileSync(file, Buffer.from(String(data), 'base64'))
    },
    async close() {
      await socket.send('browsingContext.close', { context })
    },
  }
}
