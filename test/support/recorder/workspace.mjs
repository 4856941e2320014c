import { spawn, spawnSync } from 'node:child_process'
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, relative, resolve, sep } from 'node:path'

/** Not part of what a recording is about: made by commands, or the recorder itself. */
const LEFT_OUT = [
  '.git',
  '.cache',
  '.ci',
  'dist',
  'node_modules',
  'public/sessions',
  'test/support/recorder',
]

/**
 * A copy of the project in which tools may change and build what they like. It has a git repository
 * of its own with one commit, and the same dependencies, as hard links where the disk allows it.
 *
 * @param {string} root - The project.
 * @param {(folder: string) => void} prepare - Changes the copy before the commit.
 */
export function createWorkspace(root, prepare) {
  const home = realpathSync(mkdtempSync(join(tmpdir(), 'backfold-recording-')))
  const folder = join(home, 'project')
  const skipped = new Set(LEFT_OUT.map((path) => join(root, path)))
  cpSync(root, folder, { recursive: true, filter: (source) => !skipped.has(source) })
  linkDependencies(join(root, 'node_modules'), join(folder, 'node_modules'))
  mkdirSync(join(folder, 'public/sessions'), { recursive: true })
  prepare(folder)
  const environment = createEnvironment(home)
  const git = (...args) => {
    const { status, stderr } = spawnSync('git', args, { cwd: folder, env: environment })
    if (status !== 0) throw new Error(`git ${args[0]}: ${stderr}`)
  }
  git('init', '--quiet', '--initial-branch=main')
  git('add', '--all')
  git('commit', '--quiet', '--message=Import the working tree')
  return {
    folder,
    home,
    exists: (path) => existsSync(within(folder, path)),
    read: (path) => readFileSync(within(folder, path), 'utf8'),
    write: (path, text) => {
      mkdirSync(dirname(within(folder, path)), { recursive: true })
      writeFileSync(within(folder, path), text)
    },
    /** Runs a shell command; resolves to everything it printed, in order, and its exit code. */
    run: (command, timeoutMs) => run(command, { cwd: folder, env: environment, timeoutMs }),
    files: () => listFiles(folder, environment),
    remove: () => rmSync(home, { recursive: true, force: true }),
  }
}

function linkDependencies(from, to) {
  const { status } = spawnSync('cp', ['-al', from, to])
  if (status !== 0) {
    rmSync(to, { recursive: true, force: true })
    cpSync(from, to, { recursive: true, verbatimSymlinks: true })
  }
  // Caches would carry results over from the project, and be written back to it.
  for (const cache of ['.vite', '.vite-temp', '.cache']) {
    rmSync(join(to, cache), { recursive: true, force: true })
  }
}

/** Small and the same everywhere: what a tool prints must not depend on who records. */
function createEnvironment(home) {
  // npm refuses to read one file as two configurations.
  const [nothing, nothingElse] = ['empty', 'empty-too'].map((name) => join(home, name))
  for (const file of [nothing, nothingElse]) writeFileSync(file, '')
  return {
    PATH: `${join(home, 'project/node_modules/.bin')}:${dirname(process.execPath)}:/usr/bin:/bin`,
    HOME: home,
    TMPDIR: home,
    LANG: 'C.UTF-8',
    TZ: 'UTC',
    CI: '1',
    NO_COLOR: '1',
    TERM: 'dumb',
    npm_config_userconfig: nothing,
    npm_config_globalconfig: nothingElse,
    npm_config_update_notifier: 'false',
    npm_config_offline: 'true',
    GIT_CONFIG_GLOBAL: nothing,
    GIT_CONFIG_SYSTEM: nothing,
    GIT_PAGER: 'cat',
    GIT_AUTHOR_NAME: 'Backfold',
    GIT_AUTHOR_EMAIL: 'backfold@example.com',
    GIT_COMMITTER_NAME: 'Backfold',
    GIT_COMMITTER_EMAIL: 'backfold@example.com',
  }
}

function run(command, { cwd, env, timeoutMs }) {
  return new Promise((done, fail) => {
    const child = spawn('bash', ['-c', `{ ${command}\n} 2>&1`], {
      cwd,
      env,
      detached: true,
      stdio: ['ignore', 'pipe', 'ignore'],
    })
    const chunks = []
    const timer = setTimeout(() => process.kill(-Number(child.pid), 'SIGKILL'), timeoutMs)
    child.stdout.on('data', (chunk) => chunks.push(chunk))
    child.once('error', fail)
    child.once('close', (code, signal) => {
      clearTimeout(timer)
      if (signal) fail(new Error(`${command}: ended by ${signal} after ${timeoutMs} ms`))
      else done({ code, output: Buffer.concat(chunks).toString('utf8') })
    })
  })
}

function listFiles(cwd, env) {
  const { stdout } = spawnSync('git', ['ls-files', '--cached', '--others', '--exclude-standard'], {
    cwd,
    env,
    encoding: 'utf8',
  })
  return stdout.split('\n').filter(Boolean).sort()
}

function within(folder, path) {
  const full = resolve(folder, path)
  const outside = relative(folder, full).split(sep)[0] === '..'
  if (outside) throw new Error(`${path} is outside of the project`)
  return full
}
