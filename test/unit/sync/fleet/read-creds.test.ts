import { expect, test } from 'vitest'
import { readCreds } from '../../../../src/sync/fleet/read-creds.ts'

const FILE = `-----BEGIN NATS USER JWT-----
eyJhbGciOi.eyJzdWI.sig_na-ture
------END NATS USER JWT------

************************* IMPORTANT *************************
NKEY Seed printed below can be used to sign and prove identity.

-----BEGIN USER NKEY SEED-----
SUACSSL3UAHUDXKFSNVUZRF5UHPMWZ6BFDTJ7M6USDXIEDNPPQYYYCU3VY
------END USER NKEY SEED------
`

test('[FLEET9] credentials are read as NATS tools write them, and what are none is told', () => {
  const read = {
    kind: 'jwt',
    jwt: 'eyJhbGciOi.eyJzdWI.sig_na-ture',
    seed: 'SUACSSL3UAHUDXKFSNVUZRF5UHPMWZ6BFDTJ7M6USDXIEDNPPQYYYCU3VY',
  }
  expect(readCreds(FILE)).toEqual(read)
  expect(readCreds(FILE.replaceAll('\n', '\r\n'))).toEqual(read)
  for (const bad of ['', FILE.slice(0, 120), FILE.replace('USER NKEY SEED', 'KEY')]) {
    expect(() => readCreds(bad)).toThrow(/no JWT and seed/)
  }
})
