import { spawn, type ChildProcess } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { get } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'

const root = join(import.meta.dirname, '../..')
const folder = mkdtempSync(join(tmpdir(), 'backfold-start-'))
const sessions = join(folder, 'sessions')
let started: ChildProcess
let address = ''

/** Runs `npm start` to its end. */
function run(...args: readonly string[]): Promise<{ code: number | null; output: string }> {
  const child = spawn(process.execPath, ['test/support/start.mjs', ...args], { cwd: root })
  let output = ''
  child.stdout.on('data', (data: Buffer) => (output += data.toString()))
  child.stderr.on('data', (data: Buffer) => (output += data.toString()))
  return new Promise((resolve) => child.on('close', (code) => resolve({ code, output })))
}

/** Sends a path as it is: `fetch` would resolve `..` before the server sees it. */
function request(path: string, host?: string): Promise<{ status: number; body: string }> {
  const { hostname, port } = new URL(address)
  const headers = host === undefined ? {} : { host }
  return new Promise((resolve, reject) => {
    get({ hostname, port, path, headers }, (response) => {
      let body = ''
      response.setEncoding('utf8')
      response.on('data', (data: string) => (body += data))
      response.on('end', () => resolve({ status: response.statusCode ?? 0, body }))
    }).on('error', reject)
  })
}

beforeAll(async () => {
  mkdirSync(sessions)
  writeFileSync(join(sessions, 'a.json'), '[1]')
  writeFileSync(join(sessions, 'b c.jsonl'), '{}\n')
  writeFileSync(join(sessions, 'notes.txt'), 'no session')
  writeFileSync(join(folder, 'secret.json'), '"secret"')
  symlinkSync(join(folder, 'secret.json'), join(sessions, 'link.json'))
  started = spawn(process.execPath, ['test/support/start.mjs', `--sessions=${sessions}`], {
    cwd: root,
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  address = await new Promise<string>((resolve, reject) => {
    let output = ''
    started.on('close', () => reject(new Error(`npm start ended: ${output}`)))
    started.stdout?.on('data', (data: Buffer) => {
      output += data.toString()
      const line = /^http:\/\/127\.0\.0\.1:\d+\/$/m.exec(output)
      if (line) resolve(line[0])
    })
  })
})

afterAll(() => {
  started.kill('SIGKILL')
  rmSync(folder, { recursive: true })
})

test('[START1] the playground is served at the printed address', async () => {
  const page = await request('/')
  expect(page.status).toBe(200)
  expect(page.body).toContain('<script type="module"')
  expect((await request('/nothing.js')).status).toBe(404)
})

test('[START2] only requests to localhost are answered', async () => {
  expect((await request('/', 'localhost:1')).status).toBe(200)
  for (const path of ['/', '/local-sessions/a.json']) {
    expect((await request(path, 'rebound.example')).status).toBe(403)
  }
})

test('[START3] the sessions of the named folder are listed and served', async () => {
  const list = await request('/local-sessions/index.json')
  expect(JSON.parse(list.body)).toEqual([
    { file: 'a.json', bytes: 3 },
    { file: 'b c.jsonl', bytes: 3 },
  ])
  expect(await request('/local-sessions/a.json')).toEqual({ status: 200, body: '[1]' })
  expect(await request('/local-sessions/b%20c.jsonl')).toEqual({ status: 200, body: '{}\n' })
})

test.each([
  '/local-sessions/notes.txt',
  '/local-sessions/link.json',
  '/local-sessions/../secret.json',
  '/local-sessions/..%2fsecret.json',
  '/local-sessions/%2e%2e%2fsecret.json',
  '/local-sessions/%E0%A4%A',
  '/local-sessions/',
])('[START3] nothing but the sessions of the folder is served: %s', async (path) => {
  const { status, body } = await request(path)
  expect(status).toBe(404)
  expect(body).not.toContain('secret')
})

test.each([
  [['--sessions', join(folder, 'missing')], 'there is no folder'],
  [['--sessions', join(folder, 'secret.json')], 'is not a folder'],
  [['--sessions', join(folder, 'empty')], 'holds no'],
  [['--sessions'], 'argument missing'],
  [['--port', 'x'], '--port takes a number'],
  [['--prot', '1'], '--prot'],
])('[START4] a wrong option ends at once with what is wrong: %s', async (args, message) => {
  mkdirSync(join(folder, 'empty'), { recursive: true })
  const { code, output } = await run(...args)
  expect(code).toBe(1)
  expect(output).toContain(message)
  expect(output).not.toContain('building')
})

test('[START4] a port that is taken is named', async () => {
  const { code, output } = await run('--port', new URL(address).port)
  expect(code).toBe(1)
  expect(output).toContain('is taken')
})

test('[START5] an interrupt ends it cleanly', async () => {
  const ended = new Promise((resolve) => started.on('close', (code) => resolve(code)))
  started.kill('SIGINT')
  expect(await ended).toBe(0)
  await expect(request('/')).rejects.toThrow('ECONNREFUSED')
})
