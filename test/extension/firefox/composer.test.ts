import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { buildScript } from '../build-script.ts'
import type { EditorsTab } from '../composer-matrix.ts'
import { fillUnfocused, testComposers } from '../composer-suite.ts'
import { serveEditors, type ServedEditors } from '../editors/serve-editors.ts'
import { whyNoFirefox } from './find-firefox.ts'
import { unpackScript, type UnpackedExtension } from './install-script.ts'
import { openFirefox, type Firefox } from './open-firefox.ts'

const missing = whyNoFirefox()

describe.skipIf(missing !== undefined)(`in Firefox${missing ? ` (${missing})` : ''}`, () => {
  let firefox: Firefox
  let served: ServedEditors
  let extension: UnpackedExtension
  let tab: EditorsTab

  beforeAll(async () => {
    served = await serveEditors()
    const entry = join(import.meta.dirname, '../editors/composer-script.ts')
    extension = unpackScript((await buildScript(entry)).code)
    firefox = await openFirefox()
    await firefox.install(extension.folder)
    const page = await firefox.open(served.address)
    await page.until('window.editorsPage')
    tab = { evaluate: page.evaluate, undo: () => page.press('Control', 'z') }
  })

  afterAll(async () => {
    await firefox.close()
    await served.close()
    extension.remove()
  })

  testComposers(() => tab)

  test('[FILL11] a page without the focus is filled as well', async () => {
    const other = await firefox.open('about:blank')
    await fillUnfocused(tab)
    await other.close()
  })

  test('[FFX1] it is driven without anything in between', async () => {
    const page = await firefox.open(served.address)
    expect(await page.evaluate('navigator.userAgent')).toContain('Firefox/')
    await page.close()
  })
})
