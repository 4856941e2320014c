import { isSealed } from '../../src/client/fetch/host-call.ts'
import { waitFor } from '../../src/client/fetch/wait-for.ts'
import type { PagePlan } from '../wire/page-wire.ts'
import { isCandidate } from './is-candidate.ts'
import type { Link } from './link.ts'
import { observer } from './read-along.ts'
import { MAX_PLAN_MS } from './wrap-fetch.ts'

/** A request as it was opened. */
interface Opened {
  readonly method: string
  readonly url: URL
  readonly isAsync: boolean
  /** Their names alone count. */
  readonly headers: Headers
  isSent?: true
  /** Sends it as it was, while a plan is waited for. */
  flush?: (() => void) | undefined
}

type Native = (...args: unknown[]) => void

/**
 * Puts itself around the methods of the page's `XMLHttpRequest`. Objects and events are always native: only what is
 * sent may be another text. As soon as the page does more with an object whose plan is waited for, it is sent as it
 * was, so that everything that follows is native too.
 */
export function wrapXhr(link: Link): void {
  const requests = new WeakMap<object, Opened>()
  const { prototype } = XMLHttpRequest
  const listen = prototype.addEventListener

  const wrap = (
    name: 'open' | 'setRequestHeader' | 'send' | 'abort',
    done?: (xhr: XMLHttpRequest, args: readonly unknown[]) => void,
  ): void => {
    prototype[name] = new Proxy(prototype[name] as Native, {
      apply(native, xhr: XMLHttpRequest, args: unknown[]) {
        const opened = requests.get(xhr)
        opened?.flush?.()
        try {
          if (opened && name === 'send' && holdsBack(opened, args[0], xhr, native)) return
        } catch {
          // Whatever is wrong with it, the native method says so.
        }
        Reflect.apply(native, xhr, args)
        done?.(xhr, args)
      },
    })
  }

  const onLoad = (xhr: XMLHttpRequest, take: (text: string) => void): void => {
    const opened = requests.get(xhr)
    Reflect.apply(listen, xhr, [
      'load',
      () => {
        // The object may be used again.
        if (opened !== requests.get(xhr) || !`${xhr.status}`.startsWith('2')) return
        const response: unknown = xhr.response
        take(typeof response === 'string' ? response : JSON.stringify(response))
      },
    ])
  }

  /** Whether it is sent later, if a plan for it comes or doesn't. */
  const holdsBack = (
    opened: Opened,
    body: unknown,
    xhr: XMLHttpRequest,
    native: Native,
  ): boolean => {
    if (opened.isSent) return false
    opened.isSent = true
    const { method, url, isAsync, headers } = opened
    const tell = observer(link, url, method, body)
    if (tell) onLoad(xhr, tell)
    if (
      !link.may('rewrites') ||
      method !== 'POST' ||
      !isAsync ||
      typeof body !== 'string' ||
      !isCandidate(body) ||
      isSealed(opened)
    ) {
      return false
    }
    const planning = link.plan(url.href, headers.keys(), body)
    const send = (plan?: PagePlan): void => {
      if (!opened.flush) return
      opened.flush = undefined
      const isFolded = plan?.kind === 'send'
      onLoad(xhr, (text) => link.answer(planning, isFolded ? 'send' : 'pass', text))
      Reflect.apply(native, xhr, [isFolded ? plan.body : body])
    }
    opened.flush = () => send()
    void waitFor(planning, MAX_PLAN_MS).then(send)
    return true
  }

  wrap('open', (xhr, args) => {
    const [method, url, isAsync] = args
    requests.set(xhr, {
      method: String(method).toUpperCase(),
      url: new URL(String(url), document.baseURI),
      isAsync: args.length < 3 || Boolean(isAsync),
      headers: new Headers(),
    })
  })
  wrap('setRequestHeader', (xhr, [name]) => requests.get(xhr)?.headers.set(String(name), ''))
  wrap('abort')
  wrap('send')
}
