import { expect, test } from 'vitest'
import { say, session, statusOf, texts, twoDevices } from '../../support/two-devices.ts'

/** The server loses a message that only a device has which is gone then. */
async function loseThird({
  lab,
  a,
  here,
  there,
}: Omit<Awaited<ReturnType<typeof twoDevices>>, 'b'>): Promise<void> {
  there.connection?.cut()
  for (const [at, text] of ['third', 'fourth'].entries()) {
    void say(here, text)
    await lab.until(
      async () => (await a.store.read({ session })).session?.sync?.confirmed === 3 + at,
    )
  }
  const [third] = lab.server.entries.filter(({ channel }) => channel === 'log').slice(2)
  here.connection?.cut()
  lab.server.lose((entry) => entry === third)
  there.connection?.heal()
  await lab.until(() => statusOf(there)?.lacking === 1)
}

test('[PUMP23] without the device that has what the server lost a session goes on once it is told to, and is whole again when that is back', async () => {
  const { lab, a, b, here, there } = await twoDevices()
  await loseThird({ lab, a, here, there })
  void say(there, 'fifth')
  await lab.rest()
  expect(statusOf(there)).toMatchObject({ lacking: 1, pending: 1 })
  expect(await lab.answer(there.engine.handle('sessions', {}))).toMatchObject([{ isLacking: true }])

  await lab.answer(there.runner?.skipMissing(session) ?? Promise.reject(new Error('it runs')))
  const late = lab.device('c')
  late.openTab()
  for (const device of [b, late]) {
    await lab.until(async () => (await texts(device)).length === 5)
    const note = expect.stringMatching(/missing/) as string
    expect(await texts(device)).toEqual(['first', 'second', note, 'fourth', 'fifth'])
  }
  await lab.until(() => statusOf(there)?.lacking === 0 && statusOf(there)?.pending === 0)
  const again = there.runner?.skipMissing(session).catch((failure: unknown) => failure)
  expect(await lab.answer(Promise.resolve(again))).toMatchObject({ code: 'INVALID_INPUT' })

  here.connection?.heal()
  const said = ['first', 'second', 'third', 'fourth', 'fifth']
  for (const device of [a, b, late]) {
    await lab.until(async () => (await texts(device)).join() === said.join())
  }
})

test('[PUMP23] while the others can not be told, nothing is skipped', async () => {
  const { lab, a, b, here, there } = await twoDevices()
  await loseThird({ lab, a, here, there })
  there.connection?.cut()
  await lab.until(() => statusOf(there)?.phase !== 'online')
  const skipped = there.runner?.skipMissing(session).catch((failure: unknown) => failure)
  expect(await lab.answer(Promise.resolve(skipped))).toMatchObject({ code: 'TIMED_OUT' })
  expect(await texts(b)).toEqual(['first', 'second'])
})
