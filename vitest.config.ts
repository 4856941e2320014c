import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { playwright } from '@vitest/browser-playwright'
import type { Alias } from 'vite'
import type { ViteUserConfig } from 'vitest/config'
import { DEXIE_ALIAS } from './test/support/build/alias-dexie.ts'
import { BROWSER_ARGS, findBrowser } from './test/support/browser.mjs'

const root = import.meta.dirname

/** Chromium has two storage engines for IndexedDB; both are in use, so both are tested. */
const ENGINES = {
  leveldb: '--disable-features=IdbSqliteBackingStore',
  sqlite: '--enable-features=IdbSqliteBackingStore',
}

/** A profile on disk: a fresh context is incognito, with an IndexedDB that only lives in memory. */
function createProfile(): string {
  const profile = mkdtempSync(join(tmpdir(), 'backfold-profile-'))
  process.once('exit', () => rmSync(profile, { recursive: true, force: true, maxRetries: 3 }))
  return profile
}

/** What stores nothing, or nothing but what others test on both engines, runs on one of them. */
const ON_ONE_ENGINE = [
  'test/browser/extension-*.test.{ts,tsx}',
  'test/browser/chat-element*.test.ts',
  'test/browser/{app-*,react*,chat-view,markdown-view}.test.tsx',
  'test/browser/{compacting-fetch,page-extractors,summarisers}.test.ts',
  'test/browser/{chat-example,heavy-worker,import-file,page-models,webllm-worker}.test.ts',
  'test/browser/{chat-fold.test.tsx,strict-page.test.ts}',
  'test/contract/tabs.browser.test.ts',
  'test/contract/remote-log-nats.browser.test.ts',
]

function createInstance(engine: keyof typeof ENGINES) {
  const executablePath = findBrowser()
  return {
    ...(engine === 'sqlite' && { exclude: ON_ONE_ENGINE }),
    browser: 'chromium' as const,
    name: `browser-${engine}`,
    provider: playwright({
      launchOptions: {
        args: [...BROWSER_ARGS, ENGINES[engine]],
        ...(executablePath ? { executablePath } : {}),
      },
      persistentContext: createProfile(),
    }),
  }
}

/** Packages that code in the browser imports. */
const BROWSER_PACKAGES = [
  '@mlc-ai/web-llm',
  '@nats-io/nats-core',
  '@noble/ciphers/chacha.js',
  '@noble/hashes/hmac.js',
  '@noble/hashes/sha2.js',
  '@noble/hashes/utils.js',
  '@tanstack/react-virtual',
  'axe-core',
  'comlink',
  'dexie/dist/modern/dexie.mjs',
  'dompurify',
  'eventsource-parser',
  'fast-check',
  'gpt-tokenizer/encoding/cl100k_base',
  'gpt-tokenizer/encoding/o200k_base',
  'katex',
  'marked',
  'react',
  'react-dom/client',
  'react-dom/server',
  'react/jsx-dev-runtime',
  'tokenx',
]

/** Examples import the package as its users do. */
const OWN_NAME: readonly Alias[] = [
  { find: /^backfold$/, replacement: join(root, 'src/index.ts') },
  { find: /^backfold\/(\w+)$/, replacement: join(root, 'src/$1.ts') },
]

const resolve = { alias: [DEXIE_ALIAS, ...OWN_NAME] }

/**
 * How long a machine takes is no matter of right or wrong: what never comes ends at the deadline of its test. In real time a machine
 * can also fail a test once: it is run once more, and `npm test` names it at its end, since what needs its second try is to be mended.
 * What runs on simulated time alone has one try.
 */
const REAL_TIME = { expect: { poll: { timeout: 20_000 } }, retry: 1 }

const config: ViteUserConfig = {
  root,
  test: {
    projects: [
      {
        root,
        resolve,
        test: {
          name: 'tidy',
          // All files are read, also where others use the machine.
          testTimeout: 30_000,
          include: ['test/tidy/**/*.test.ts'],
        },
      },
      {
        root,
        resolve,
        test: {
          name: 'unit',
          // Loading everything anew for each file costs more than most files take; what they leave behind is theirs to clean up.
          isolate: false,
          ...REAL_TIME,
          // Properties take their time where others use the machine; speed is what the benchmarks are for.
          testTimeout: 120_000,
          setupFiles: ['test/support/seed-properties.ts'],
          include: ['test/unit/**/*.test.{ts,tsx}', 'test/examples/*.test.ts'],
        },
      },
      {
        root,
        resolve,
        test: {
          name: 'contract',
          ...REAL_TIME,
          testTimeout: 30_000,
          hookTimeout: 60_000,
          setupFiles: ['test/support/seed-properties.ts'],
          include: ['test/contract/**/*.test.ts'],
          exclude: ['test/contract/**/*.browser.test.ts'],
        },
      },
      {
        root,
        resolve,
        test: {
          name: 'sim',
          include: ['test/sim/**/*.test.ts'],
          // How long thousands of seeds take is no matter of right or wrong; the step has a deadline.
          testTimeout: 0,
        },
      },
      {
        root,
        resolve,
        // Found during a run, a package makes the page reload in the middle of a test.
        optimizeDeps: { include: BROWSER_PACKAGES },
        test: {
          name: 'browser',
          ...REAL_TIME,
          include: ['test/browser/**/*.test.{ts,tsx}', 'test/contract/**/*.browser.test.ts'],
          testTimeout: 30_000,
          globalSetup: [
            'test/support/provide-fetch-server.ts',
            'test/support/nats/provide-nats.ts',
          ],
          fileParallelism: false,
          // For long runs: `BACKFOLD_SOAK_SEEDS=500 npx vitest run --project browser-leveldb test/browser/soak.test.ts`.
          provide: {
            soakSeeds: Number(process.env['BACKFOLD_SOAK_SEEDS'] ?? 1),
            firstSeed: Number(process.env['BACKFOLD_FIRST_SEED'] ?? 1),
          },
          browser: {
            enabled: true,
            headless: true,
            screenshotFailures: false,
            instances: [createInstance('leveldb'), createInstance('sqlite')],
          },
        },
      },
      {
        root,
        resolve,
        test: {
          name: 'e2e',
          ...REAL_TIME,
          include: ['test/e2e/**/*.test.ts'],
          testTimeout: 120_000,
          hookTimeout: 120_000,
          fileParallelism: false,
        },
      },
      {
        root,
        resolve,
        test: {
          name: 'extension',
          ...REAL_TIME,
          include: ['test/extension/**/*.test.ts'],
          testTimeout: 120_000,
          hookTimeout: 120_000,
          fileParallelism: false,
        },
      },
      {
        root,
        resolve,
        test: {
          name: 'hosts',
          ...REAL_TIME,
          include: ['test/hosts/*.test.ts'],
          testTimeout: 240_000,
          hookTimeout: 120_000,
          fileParallelism: false,
        },
      },
    ],
  },
}

export default config
