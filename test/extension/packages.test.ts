import { createHash } from 'node:crypto'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { unzipSync } from 'fflate'
import { afterAll, expect, test } from 'vitest'
import { buildExtension } from '../../extension/build/build.ts'

const folder = mkdtempSync(join(tmpdir(), 'backfold-packages-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** The zips of one build, by browser. */
async function build(name: string, models: string | null = null): Promise<readonly Buffer[]> {
  const options = { isTest: false, hosts: [], models, outDir: join(folder, name) }
  const zips = await buildExtension(options)
  return zips.map((zip) => readFileSync(zip))
}

/** One build for all that only look at it. */
let building: Promise<readonly Buffer[]> | undefined
const usual = (): Promise<readonly Buffer[]> => (building ??= build('usual'))

test('[PACK3, PACK5] two builds are the same, byte for byte, with the licences of what is in them', async () => {
  const [first, second] = [await usual(), await build('second')]
  expect(first.map(sha256)).toEqual(second.map(sha256))
  for (const zip of first) {
    const files = unzipSync(zip)
    const licences = new TextDecoder().decode(files['THIRD-PARTY-LICENSES.md'])
    for (const name of ['dexie', 'comlink', 'react']) expect(licences).toContain(`## ${name} `)
    for (const name of ['LICENSE', 'page.js', 'bridge.js', 'panel.html', 'icons/icon-128.png']) {
      expect(Object.keys(files)).toContain(name)
    }
  }
  const [chrome, firefox] = first.map((zip) => Object.keys(unzipSync(zip)))
  expect(chrome).toEqual(expect.arrayContaining(['service-worker.js', 'offscreen.html']))
  expect(chrome).not.toContain('event-page.js')
  expect(firefox).toContain('event-page.js')
  expect(firefox).not.toContain('service-worker.js')
})

test('[PACK1] the service worker and the content scripts are one file each and load no code', async () => {
  const [zip = Buffer.alloc(0)] = await usual()
  const files = unzipSync(zip)
  for (const name of ['page.js', 'bridge.js', 'service-worker.js']) {
    const code = new TextDecoder().decode(files[name])
    expect(code.match(/\bimport\s*(?:\(|[{*"'`])|\beval\(|new Function/)?.[0]).toBe(undefined)
  }
  for (const [name, bytes] of Object.entries(files)) {
    if (!name.endsWith('.html')) continue
    const html = new TextDecoder().decode(bytes)
    expect(html).not.toMatch(/<script(?![^>]*\bsrc="\/)|https?:\/\/|\son\w+=/)
  }
})

test('[PACK6] model libraries are packed with their hashes, and nothing else of their folder', async () => {
  const models = join(folder, 'libraries')
  mkdirSync(models)
  writeFileSync(join(models, 'a.wasm'), 'library')
  writeFileSync(join(models, 'notes.txt'), 'no library')
  const [zip = Buffer.alloc(0)] = await build('models', models)
  const files = unzipSync(zip)
  expect(Object.keys(files).filter((name) => name.startsWith('models/'))).toEqual([
    'models/a.wasm',
    'models/index.json',
  ])
  expect(JSON.parse(new TextDecoder().decode(files['models/index.json']))).toEqual([
    { name: 'a.wasm', sha256: sha256(Buffer.from('library')) },
  ])
})

function sha256(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex')
}
