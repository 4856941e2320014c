import type axe from 'axe-core'
import type { PlaygroundHost, Visit } from './open-playground.ts'

/** A session file as a person would pick it. */
export interface PickedFile {
  readonly name: string
  readonly mimeType: string
  readonly buffer: Buffer
}

/** Picks a session file in the chooser and waits until it is the session on the page. */
export async function pickFile({ page, part }: Visit, file: PickedFile): Promise<void> {
  await part('choose-session').click()
  await part('file-picker').setInputFiles(file)
  await part('chooser').waitFor({ state: 'detached' })
  await page.waitForFunction(
    () =>
      !document.querySelector('[data-testid="choose-session"]')?.textContent.includes('Reading'),
  )
}

/** Replays the shortest of the shipped sessions to its end, which has all that longer ones have but their length. */
export async function playTour(visit: Pick<Visit, 'page' | 'part'>): Promise<void> {
  const { part } = visit
  await part('choose-session').click()
  const shipped = part('chooser').getByRole('region', { name: 'Recorded with Backfold' })
  await shipped.getByTestId('catalog-item').filter({ hasText: 'A tour of the code' }).click()
  await part('chooser').waitFor({ state: 'detached' })
  await part('start').click()
  await playToEnd(visit)
}

/** Visits the playground and replays a shipped session to its end. */
export async function visitPlayed(host: Pick<PlaygroundHost, 'visit'>): Promise<Visit> {
  const visit = await host.visit()
  await playTour(visit)
  return visit
}

/** Replays the rest of the session on the page as fast as storage allows, to its end. */
export async function playToEnd({ page, part }: Pick<Visit, 'page' | 'part'>): Promise<void> {
  await part('speed').selectOption('max')
  await page.getByTestId('replay-position').filter({ hasText: 'at its end' }).waitFor()
}

/** Loads the page anew and chooses the newest of the earlier runs. */
export async function reopenNewest({ page, part }: Visit): Promise<void> {
  await page.reload()
  await part('start').waitFor()
  await part('choose-session').click()
  const earlier = part('chooser').getByRole('region', { name: 'Earlier runs' })
  await earlier.getByTestId('catalog-item').first().click()
  await part('chooser').waitFor({ state: 'detached' })
}

/** Drops a file on the page as a person would drag it there. */
export async function dropFile({ page }: Visit, name: string, content: string): Promise<void> {
  const dataTransfer = await page.evaluateHandle(
    ([file, text]) => {
      const transfer = new DataTransfer()
      transfer.items.add(new File([text], file))
      return transfer
    },
    [name, content] as const,
  )
  await page.dispatchEvent('body', 'dragover', { dataTransfer })
  await page.getByText('Drop the session file anywhere').waitFor()
  await page.dispatchEvent('body', 'drop', { dataTransfer })
}

/**
 * Clicks an element of a running replay as soon as a generation has been applied.
 *
 * Done inside the page, before a frame: from out here, the replay might be over by then.
 */
export async function clickOnceFolded({ page }: Visit, id: string): Promise<void> {
  await page.waitForFunction((wanted) => {
    const find = (part: string) => document.querySelector<HTMLElement>(`[data-testid="${part}"]`)
    if (!(Number(find('chart')?.dataset['applied']) > 0)) return false
    find(wanted)?.click()
    return true
  }, id)
}

/** Opens one list of the memory panel. */
export async function openMemory({ page }: Pick<Visit, 'page'>, list: string): Promise<void> {
  await page.locator('#tab-Memory').click()
  await page.locator(`#memory-tab-${list}`).click()
}

/** Positions of the messages that recall finds, best first. */
export async function recall({ page, part }: Visit, words: string): Promise<readonly number[]> {
  await openMemory({ page }, 'recall')
  await part('recall').fill(words)
  await part('recall').press('Enter')
  const hits = part('recall-results').getByTestId('source-link')
  await hits.first().waitFor()
  return (await hits.allTextContents()).map((text) => Number(text.slice(1)))
}

/** How many messages were replayed, and of how many. */
export async function readPosition(visit: Visit): Promise<readonly number[]> {
  return ((await visit.text('replay-position')).match(/\d+/g) ?? []).slice(0, 2).map(Number)
}

/** The number of the head generation. */
export async function readHead({ page }: Visit): Promise<number> {
  const head = page.locator('.generation-row:has([data-status="head"]) .generation-n')
  return Number(await head.textContent())
}

/** The newest position among the messages that are drawn. */
export async function readNewest({ page }: Visit): Promise<number> {
  const rows = await page
    .locator('[data-seq]')
    .evaluateAll((found) => found.map((row) => Number((row as HTMLElement).dataset['seq'])))
  return Math.max(...rows)
}

/** Whether a message is drawn within the frame of the list. */
export function isInView({ page }: Visit, seq: number): Promise<boolean> {
  return page.evaluate((wanted) => {
    const frame = document.querySelector('[data-testid="messages"]')?.getBoundingClientRect()
    const row = document.querySelector(`[data-seq="${wanted}"]`)?.getBoundingClientRect()
    return !!frame && !!row && row.bottom > frame.top && row.top < frame.bottom
  }, seq)
}

/** Says something as a person, and waits until it is on the page. */
export async function say({ page, part }: Visit, text: string): Promise<void> {
  await part('composer').fill(text)
  await part('composer').press('Enter')
  await page.locator('article', { hasText: text }).filter({ hasText: 'You' }).waitFor()
}

/** Goes forward by the Tab key alone until an element has the focus. */
export async function tabTo({ page }: Visit, selector: string): Promise<void> {
  for (let step = 0; step < 80; step += 1) {
    if (await page.evaluate((wanted) => document.activeElement?.matches(wanted), selector)) return
    await page.keyboard.press('Tab')
  }
  throw new Error(`80 steps of the Tab key do not lead to ${selector}`)
}

/** Breaches of accessibility rules on the page as it is, serious ones and worse. */
export async function findBarriers({ page }: Visit): Promise<readonly string[]> {
  const { violations } = await page.evaluate(() => {
    const { axe: checker } = globalThis as unknown as { axe: typeof axe }
    return checker.run(document, { resultTypes: ['violations'] })
  })
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .flatMap(({ id, nodes }) =>
      nodes.map(({ html, failureSummary }) => `${id}: ${html} ${failureSummary}`),
    )
}

/** Names of the places in the browser's storage for this page that hold a text. */
export function findInStorage({ page }: Visit, text: string): Promise<readonly string[]> {
  return page.evaluate(async (wanted) => {
    const found: string[] = []
    const holds = (value: unknown): boolean => {
      if (typeof value === 'string') return value.includes(wanted)
      if (ArrayBuffer.isView(value)) return new TextDecoder().decode(value).includes(wanted)
      if (value instanceof ArrayBuffer) return new TextDecoder().decode(value).includes(wanted)
      if (typeof value !== 'object' || value === null) return false
      return Object.entries(value).some(([key, inner]) => holds(key) || holds(inner))
    }
    const ask = <T>(request: IDBRequest<T>) =>
      new Promise<T>((resolve, reject) => {
        request.onsuccess = () => resolve(request.result)
        request.onerror = () => reject(request.error ?? new Error('no error given'))
      })
    if (holds(Object.entries(localStorage))) found.push('localStorage')
    if (holds(Object.entries(sessionStorage))) found.push('sessionStorage')
    if (document.cookie.includes(wanted)) found.push('cookies')
    for (const name of await caches.keys()) {
      const cache = await caches.open(name)
      for (const response of await cache.matchAll()) {
        if ((await response.text()).includes(wanted)) found.push(`cache ${name}`)
      }
    }
    for (const { name } of await indexedDB.databases()) {
      const database = await ask(indexedDB.open(name ?? ''))
      for (const table of database.objectStoreNames) {
        const rows = await ask(database.transaction(table).objectStore(table).getAll())
        if (holds(rows)) found.push(table)
      }
      database.close()
    }
    return found
  }, text)
}
