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
  }
  const title = `## ${manifest.name} ${manifest.version} (${manifest.license ?? 'see below'})`
  const texts = readdirSync(folder)
    .filter((name) => /^(licen[cs]e|notice|copying)/i.test(name))
    .sort()
    .map((name) => readFileSync(join(folder, name), 'utf8').trim())
  if (texts.length === 0)
    throw new Error(`${manifest.name} has no licence text in ${dirname(folder)}`)
  return `${title}\n\n${texts.join('\n\n')}\n`
}
