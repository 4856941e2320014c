import { expect, test } from 'vitest'
import { listFiles, readText } from './source-file.ts'

interface LockedPackage {
  readonly version?: string
  readonly integrity?: string
  readonly dependencies?: Readonly<Record<string, string>>
  readonly optionalDependencies?: Readonly<Record<string, string>>
}

type Lock = Readonly<Record<string, LockedPackage>>

function readLock(text: string): Lock {
  return (JSON.parse(text) as { readonly packages: Lock }).packages
}

function findHosts(lock: string): readonly string[] {
  return [...lock.matchAll(/https?:\/\/([^/"]+)[^"]*\.tgz"/g)].map(([, host]) => host ?? '')
}

/** Dependencies that are named but not locked; `npm ci` refuses a lock file with one of them. */
function findMissing(lock: Lock): readonly string[] {
  return Object.entries(lock).flatMap(([path, locked]) =>
    Object.keys({ ...locked.dependencies, ...locked.optionalDependencies })
      .filter((name) => !isLocked(lock, path, name))
      .map((name) => `${name}, wanted by ${path}`),
  )
}

/** Looks where Node would: beside the package's own dependencies, then further up. */
function isLocked(lock: Lock, path: string, name: string): boolean {
  const folders = path.split(/\/?node_modules\//).map((_, at, parts) => parts.slice(0, at + 1))
  return folders.some((parts) => {
    const folder = parts.join('/node_modules/').replace(/^\//, '')
    return `${folder === '' ? '' : `${folder}/`}node_modules/${name}` in lock
  })
}

const LOCK_FILES = listFiles('.').filter(
  (path) => path === 'package-lock.json' || /^test\/hosts\/.*\/package-lock\.json$/.test(path),
)

test('[TIDY13] no lock file names another host than the public registry', () => {
  expect(findHosts('"resolved": "https://a.example/b/-/b-1.0.0.tgz",')).toEqual(['a.example'])
  const hosts = LOCK_FILES.flatMap((path) => findHosts(readText(path).text))
  expect(hosts.filter((host) => host !== 'registry.npmjs.org')).toEqual([])
})

test('[TIDY14] each lock file is complete, for every system', () => {
  const sample = {
    '': { dependencies: { a: '1' } },
    'node_modules/a': { dependencies: { b: '1' }, optionalDependencies: { c: '1' } },
    'node_modules/a/node_modules/b': {},
  }
  expect(findMissing(sample)).toEqual(['c, wanted by node_modules/a'])
  const locks = LOCK_FILES.map((path) => readLock(readText(path).text))
  expect(locks.length).toBeGreaterThan(1)
  expect(Math.max(...locks.map((lock) => Object.keys(lock).length))).toBeGreaterThan(100)
  for (const lock of locks) {
    expect(findMissing(lock)).toEqual([])
    const unhashed = Object.keys(lock).filter((path) => path !== '' && !lock[path]?.integrity)
    expect(unhashed).toEqual([])
  }
})
