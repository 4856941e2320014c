import type { Wire } from '../wire/rpc.ts'

/** One end of a MessageChannel as a wire. */
export function channelWire(port: MessagePort): Wire {
  const endings: (() => void)[] = []
  port.addEventListener('close', () => {
    for (const ending of endings) ending()
  })
  return {
    send: (message) => port.postMessage(message),
    listen(listener) {
      port.addEventListener('message', ({ data }) => listener(data))
      port.start()
    },
    onEnd: (listener) => void endings.push(listener),
    close: () => port.close(),
  }
}
