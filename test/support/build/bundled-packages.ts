import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { Plugin } from 'vite'

/** Packages whose code went into a build, for the licence file that must travel with it. */
export interface BundledPackages {
  /** Notes the packages of every bundle it is part of. */
  readonly collect: () => Plugin
  /** Writes the licence texts of all packages noted so far. */
  readonly writeLicences: (file: string) => void
}

/** Keeps one list across all bundles of a build, workers included: Vite's own keeps one per bundle. */
export function createBundledPackages(): BundledPackages {
  const folders = new Set<string>()
  return {
    collect: () => ({
      name: 'backfold:bundled-packages',
      generateBundle(_options, bundle) {
        for (const chunk of Object.values(bundle)) {
          if (chunk.type !== 'chunk') continue
          for (const id of Object.keys(chunk.modules)) {
            const folder = packageFolder(id)
            if (folder) folders.add(folder)
          }
        }
      },
    }),
    writeLicences: (file) => writeFileSync(file, renderLicences([...folders])),
  }
}

/** Folder of the package that a module belongs to; undefined for our own code. */
function packageFolder(id: string): string | undefined {
  const path = id.replace(/^\0/, '').replace(/\?.*$/, '')
  return /^.*\/node_modules\/(?:@[^/]+\/)?[^/]+/.exec(path)?.[0]
}

function renderLicences(folders: readonly string[]): string {
  const sections = folders.map(renderLicence).sort()
  return `# Licences of bundled packages\n\n${sections.join('\n')}`
}

function renderLicence(folder: string): string {
  const manifest = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as {
    name: string
    version: string
    license?: string
    author?: string | { readonly name?: string }
  }
  const title = `## ${manifest.name} ${manifest.version} (${manifest.license ?? 'see below'})`
  const texts = readdirSync(folder)
    .filter((name) => /^(licen[cs]e|notice|copying)/i.test(name))
    .sort()
    .map((name) => readFileSync(join(folder, name), 'utf8').trim())
  if (texts.length === 0) {
    const { author } = manifest
    const holder = typeof author === 'string' ? author : author?.name
    // Some name their licence and leave its text out.
    if (manifest.license !== 'MIT' || holder === undefined) {
      throw new Error(`${manifest.name} has no licence text in ${dirname(folder)}`)
    }
    texts.push(`Copyright (c) ${holder}\n\n${MIT}`)
  }
  return `${title}\n\n${texts.join('\n\n')}\n`
}

const MIT = `Permission is hereby granted, free of charge, to any person obtaining a copy of this software and associated
documentation files (the "Software"), to deal in the Software without restriction, including without limitation the
rights to use, copy, modify, merge, publish, distribute, sublicense, and/or sell copies of the Software, and to permit
persons to whom the Software is furnished to do so, subject to the following conditions:

The above copyright notice and this permission notice shall be included in all copies or substantial portions of the
Software.

THE SOFTWARE IS PROVIDED "AS IS", WITHOUT WARRANTY OF ANY KIND, EXPRESS OR IMPLIED, INCLUDING BUT NOT LIMITED TO THE
WARRANTIES OF MERCHANTABILITY, FITNESS FOR A PARTICULAR PURPOSE AND NONINFRINGEMENT. IN NO EVENT SHALL THE AUTHORS OR
COPYRIGHT HOLDERS BE LIABLE FOR ANY CLAIM, DAMAGES OR OTHER LIABILITY, WHETHER IN AN ACTION OF CONTRACT, TORT OR
OTHERWISE, ARISING FROM, OUT OF OR IN CONNECTION WITH THE SOFTWARE OR THE USE OR OTHER DEALINGS IN THE SOFTWARE.`
