/**
 * Builds the extension for Chrome and Firefox: unpacked in `dist/extension/<browser>`, and as zips beside them. Installs
 * the locked dependencies first if they are missing: it needs nothing but Node to begin with.
 *
 * --test                  host permission for this machine, so that it can be tried without anybody to click: in `dist/extension-test`
 * --hosts <pattern>…      host permissions that are granted from the start
 * --models <folder>       packs the model libraries (*.wasm) of a folder
 * --watch                 builds again whenever a file changes
 */
import { parseArgs } from 'node:util'
import { ensureDependencies } from '../../test/support/ensure-dependencies.mjs'

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    test: { type: 'boolean', default: false },
    hosts: { type: 'string', multiple: true, default: [] },
    models: { type: 'string' },
    watch: { type: 'boolean', default: false },
  },
})

const options = {
  isTest: values.test,
  // `--hosts a b` as well as `--hosts a --hosts b`.
  hosts: [...values.hosts, ...(values.hosts.length > 0 ? positionals : [])],
  models: values.models ?? null,
}

ensureDependencies()
const { runnerImport } = await import('vite')
const { module } = await runnerImport(new URL('./build.ts', import.meta.url).pathname)
if (values.watch) await module.watchExtension(options)
else for (const file of await module.buildExtension(options)) console.log(file)
