import type { CDPSession, Page } from 'playwright'
import { until, type ExtensionHost } from './open-extension.ts'

/** Flag of the browser that lets tests press an extension's button. */
export const MAY_PRESS = '--enable-unsafe-extension-debugging'

/** The browser's own parts of the extension, which no page shows. */
export interface SidePanel {
  /** Presses the button in the toolbar while a tab is shown, as a person does. */
  press(page: Page): Promise<void>
  /** How many side panels are open. */
  count(): Promise<number>
  /** Closes it, and waits until it is gone. */
  close(): Promise<void>
  /** What the side panel says, or an empty text while there is none. */
  text(): Promise<string>
}

/** The side panel and the button of an extension that was opened with {@link MAY_PRESS}. */
export async function sidePanelOf(host: ExtensionHost): Promise<SidePanel> {
  const browser = host.context.browser()
  if (!browser) throw new Error('the browser is gone')
  const session = await browser.newBrowserCDPSession()
  const targets = async (): Promise<readonly Target[]> => {
    // Tabs are targets of their own only for those who ask for all.
    const { targetInfos } = await session.send('Target.getTargets', { filter: [{}] })
    return targetInfos
  }
  const panel = async (): Promise<Target | undefined> =>
    (await targets()).find(({ type, url }) => type === 'page' && url.endsWith('/panel.html'))
  const count = async (): Promise<number> => {
    const desk = await host.desk()
    return desk.evaluate(
      async () => (await chrome.runtime.getContexts({ contextTypes: ['SIDE_PANEL'] })).length,
    )
  }
  return {
    count,
    async press(page) {
      await page.bringToFront()
      const tab = (await targets()).find(({ type, url }) => type === 'tab' && url === page.url())
      if (!tab) throw new Error('there is no such tab')
      await session.send('Extensions.triggerAction', { id: host.id, targetId: tab.targetId })
    },
    async close() {
      const open = await panel()
      if (open) await session.send('Target.closeTarget', { targetId: open.targetId })
      await until(async () => (await count()) === 0)
    },
    async text() {
      const open = await panel()
      return open ? evaluateIn(session, open.targetId, 'document.body.innerText') : ''
    },
  }
}

interface Target {
  readonly type: string
  readonly url: string
  readonly targetId: string
}

/** Evaluates an expression in a target that is none of the context's pages. */
async function evaluateIn(
  session: CDPSession,
  targetId: string,
  expression: string,
): Promise<string> {
  const { sessionId } = await session.send('Target.attachToTarget', { targetId, flatten: false })
  const answered = new Promise<string>((resolve) => {
    const hear = (event: { readonly sessionId: string; readonly message: string }): void => {
      if (event.sessionId !== sessionId) return
      session.off('Target.receivedMessageFromTarget', hear)
      const { result } = JSON.parse(event.message) as {
        readonly result?: { readonly result?: { readonly value?: string } }
      }
      resolve(result?.result?.value ?? '')
    }
    session.on('Target.receivedMessageFromTarget', hear)
  })
  const message = JSON.stringify({ id: 1, method: 'Runtime.evaluate', params: { expression } })
  await session.send('Target.sendMessageToTarget', { sessionId, message })
  const value = await answered
  await session.send('Target.detachFromTarget', { sessionId })
  return value
}
