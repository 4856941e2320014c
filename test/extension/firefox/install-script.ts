import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** An unpacked extension on disk. */
export interface UnpackedExtension {
  readonly folder: string
  remove(): void
}

/** The smallest extension with one content script, on pages of this machine. */
export function unpackScript(code: string): UnpackedExtension {
  const folder = mkdtempSync(join(tmpdir(), 'backfold-script-'))
  const matches = ['http://127.0.0.1/*']
  const manifest = {
    manifest_version: 3,
    name: 'A content script',
    version: '1',
    browser_specific_settings: { gecko: { id: 'script@test.invalid' } },
    host_permissions: matches,
    content_scripts: [{ matches, js: ['script.js'], run_at: 'document_start' }],
  }
  writeFileSync(join(folder, 'manifest.json'), JSON.stringify(manifest))
  writeFileSync(join(folder, 'script.js'), code)
  return { folder, remove: () => rmSync(folder, { recursive: true, force: true }) }
}
