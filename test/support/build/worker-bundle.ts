import { join } from 'node:path'
import type { EnvironmentOptions } from 'vite'

/** The program `backfold-worker`: one that Node runs as it is, with all packages inside. */
export function workerBundle(root: string, outDir: string): EnvironmentOptions {
  return {
    consumer: 'server',
    resolve: { noExternal: true },
    build: {
      outDir,
      emptyOutDir: false,
      target: 'node20',
      minify: false,
      ssr: true,
      rolldownOptions: {
        platform: 'node',
        input: { 'backfold-worker': join(root, 'src/backfold-worker.ts') },
        output: {
          format: 'es',
          entryFileNames: '[name].js',
          chunkFileNames: 'backfold-worker-[name].js',
        },
      },
    },
  }
}
