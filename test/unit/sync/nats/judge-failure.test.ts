import { expect, test } from 'vitest'
import { judgeFailure } from '../../../../src/sync/nats/judge-failure.ts'

const NODE = { servers: ['tls://a.example'], origin: undefined }
const PAGE = { servers: ['wss://a.example'], origin: 'https://app.example' }

/** An error as Node or the client gives it, with what led to it. */
function failure(name: string, message: string, code?: string, cause?: Error): Error {
  return Object.assign(new Error(message, { cause }), { name, ...(code && { code }) })
}

test.each([
  ['DEPTH_ZERO_SELF_SIGNED_CERT', 'self-signed certificate', /not trusted.*NODE_EXTRA_CA_CERTS/],
  ['UNABLE_TO_VERIFY_LEAF_SIGNATURE', 'unable to verify', /not trusted.*NODE_EXTRA_CA_CERTS/],
  ['INVALID_CA', 'invalid CA certificate', /not trusted/],
  ['CERT_HAS_EXPIRED', 'certificate has expired', /TLS certificate of the server has expired/],
  ['ERR_TLS_CERT_ALTNAME_INVALID', "b.example is not in the cert's altnames", /another name/],
])('[RLOG17] %s is a certificate that is refused', (code, message, reason) => {
  const alone = failure('Error', message, code)
  const below = failure('ConnectionError', 'no connection', undefined, alone)
  for (const error of [alone, below]) {
    const { kind, reason: said } = judgeFailure(error, NODE)
    expect(kind).toBe('refused')
    expect(said).toMatch(reason)
  }
})

test('[RLOG17] what may be there at another time is offline, as it was told', () => {
  for (const [name, code] of [
    ['Error', 'ENOTFOUND'],
    ['ConnectionError', 'ECONNREFUSED'],
    ['TimeoutError', undefined],
  ] as const) {
    expect(judgeFailure(failure(name, 'nobody there', code), NODE)).toEqual({
      kind: 'offline',
      reason: 'nobody there',
    })
  }
})

test('[RLOG17] a page is told what may be behind a socket that only breaks', () => {
  expect(judgeFailure(failure('ConnectionError', ''), PAGE)).toEqual({
    kind: 'offline',
    reason:
      'No server takes a connection from https://app.example: it is down, its certificate is not trusted, or its allowed_origins lack this page.',
  })
  expect(judgeFailure(failure('ForbiddenByPolicyError', 'wss://a.example'), PAGE)).toEqual({
    kind: 'refused',
    reason:
      'The content security policy of this page forbids the connection: its connect-src is to name wss://a.example.',
  })
})

test('[RLOG11] credentials that are not accepted are refused', () => {
  const refused = failure('AuthorizationError', "'Authorization Violation'")
  for (const attempt of [NODE, PAGE]) {
    expect(judgeFailure(refused, attempt)).toMatchObject({
      kind: 'refused',
      reason: expect.stringContaining('credentials') as string,
    })
  }
})
