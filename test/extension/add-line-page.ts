import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { build } from 'vite'

/** Puts a page without a face into an unpacked extension: `line.html`, with what `line-page.ts` gives it. */
export async function addLinePage(unpacked: string): Promise<void> {
  await build({
    configFile: false,
    logLevel: 'warn',
    publicDir: false,
    define: { 'process.env.NODE_ENV': '"production"' },
    build: {
      outDir: join(unpacked, 'line'),
      emptyOutDir: true,
      target: 'chrome120',
      minify: false,
      lib: {
        entry: join(import.meta.dirname, 'line-page.ts'),
        formats: ['es'],
        fileName: 'line-page',
      },
    },
  })
  writeFileSync(
    join(unpacked, 'line.html'),
    '<!doctype html><title>line</title><script type="module" src="line/line-page.js"></script>',
  )
}
