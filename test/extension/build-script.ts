import { build, type Rolldown } from 'vite'

/** A script and what it imports, as one file that needs nothing else; the styles that it imports beside it. */
export interface BuiltScript {
  readonly code: string
  readonly styles: string
}

/** Builds a script as the extension's content scripts are built. */
export async function buildScript(entry: string): Promise<BuiltScript> {
  const built = await build({
    configFile: false,
    logLevel: 'error',
    publicDir: false,
    define: { 'process.env.NODE_ENV': '"production"' },
    build: {
      write: false,
      minify: false,
      target: 'es2023',
      lib: { entry, formats: ['iife'], name: 'script', fileName: 'script' },
    },
  })
  const outputs = (Array.isArray(built) ? built : [built]) as readonly Rolldown.RolldownOutput[]
  const files = outputs.flatMap(({ output }) => output)
  const texts = (isOne: (name: string) => boolean): string =>
    files
      .filter(({ fileName }) => isOne(fileName))
      .map((file) => (file.type === 'chunk' ? file.code : String(file.source)))
      .join('\n')
  return {
    code: texts((name) => name.endsWith('.js')),
    styles: texts((name) => name.endsWith('.css')),
  }
}
