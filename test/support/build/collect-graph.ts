import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, relative } from 'node:path'
import type { Plugin } from 'vite'

/** What went into one published file. */
export interface GraphChunk {
  readonly imports: readonly string[]
  readonly dynamicImports: readonly string[]
  /** Bytes that each source module left in the file; by path from the root. */
  readonly modules: Readonly<Record<string, number>>
}

/** Published files and what went into each: what the check of the page's graph reads. */
export interface CollectedGraph {
  readonly collect: () => Plugin
  readonly write: (file: string) => void
}

/** Notes what went into every chunk of every bundle it is part of. */
export function createCollectedGraph(root: string): CollectedGraph {
  const chunks: Record<string, GraphChunk> = {}
  const writers: Record<string, string> = {}
  return {
    collect: () => ({
      name: 'backfold:collect-graph',
      generateBundle(_options, bundle) {
        for (const chunk of Object.values(bundle)) {
          if (chunk.type !== 'chunk') continue
          // The file of one would be imported by the other, which finds other names in it.
          const writer = (writers[chunk.fileName] ??= this.environment.name)
          if (writer !== this.environment.name) {
            throw new Error(`${writer} and ${this.environment.name} both write ${chunk.fileName}`)
          }
          const modules = Object.entries(chunk.modules).map(
            ([id, module]) => [relative(root, id), module.renderedLength] as const,
          )
          chunks[chunk.fileName] = {
            imports: chunk.imports,
            dynamicImports: chunk.dynamicImports,
            modules: Object.fromEntries(modules),
          }
        }
      },
    }),
    write: (file) => {
      mkdirSync(dirname(file), { recursive: true })
      writeFileSync(file, JSON.stringify(chunks, null, 2))
    },
  }
}
