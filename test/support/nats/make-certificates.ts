import { execFileSync, spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** Certificates of an authority that nobody knows, in a folder of their own. */
export interface Certificates {
  /** File of the authority's own certificate. */
  readonly authority: string
  /** Files for a server of these names, such as `localhost`, and for a node of a cluster. */
  make(...names: readonly string[]): Certificate
  remove(): void
}

export interface Certificate {
  readonly certificate: string
  readonly key: string
}

export const hasOpenssl: boolean = spawnSync('openssl', ['version']).status === 0

const KEY = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes']

export function makeCertificates(): Certificates {
  const folder = mkdtempSync(join(tmpdir(), 'backfold-certificates-'))
  const openssl = (...args: readonly string[]): void =>
    void execFileSync('openssl', args, { cwd: folder, stdio: 'ignore' })
  const isAuthority = ['-addext', 'basicConstraints=critical,CA:TRUE']
  const days = ['-days', '2']
  const ca = ['-keyout', 'ca.key', '-out', 'ca.pem', '-subj', '/CN=an authority']
  openssl('req', '-x509', ...KEY, ...days, ...ca, ...isAuthority)
  let made = 0
  return {
    authority: join(folder, 'ca.pem'),
    make(...names) {
      const name = `made-${(made += 1)}`
      const asked = ['-keyout', `${name}.key`, '-out', `${name}.req`, '-subj', `/CN=${names[0]}`]
      openssl('req', ...KEY, ...asked)
      const places = names.map((place) => `DNS:${place}`).join(',')
      const uses = 'extendedKeyUsage=serverAuth,clientAuth'
      writeFileSync(join(folder, `${name}.ext`), `subjectAltName=${places}\n${uses}\n`)
      const by = ['-CA', 'ca.pem', '-CAkey', 'ca.key', '-CAcreateserial']
      const files = ['-in', `${name}.req`, '-out', `${name}.pem`, '-extfile', `${name}.ext`]
      openssl('x509', '-req', ...by, ...days, ...files)
      return { certificate: join(folder, `${name}.pem`), key: join(folder, `${name}.key`) }
    },
    remove: () => rmSync(folder, { recursive: true, force: true }),
  }
}
