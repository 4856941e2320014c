import { expect } from 'vitest'
import type { Backfold } from '../../src/client/session.ts'

/** What the context of the session `s` says. */
export async function contextTexts(device: Backfold): Promise<readonly string[]> {
  const session = await device.session('s')
  const { messages } = await session.context<{ readonly content: string }>()
  return messages.map(({ content }) => content)
}

/** Appends what a user says to the session `s`. */
export async function sayTo(device: Backfold, content: string): Promise<void> {
  await (await device.session('s')).append({ role: 'user', content })
}

/** Waits until all of it is confirmed. */
export async function untilSent(device: Backfold): Promise<void> {
  const { status } = await device.sync()
  await expect.poll(() => status.get()).toMatchObject({ phase: 'online', pending: 0 })
}
