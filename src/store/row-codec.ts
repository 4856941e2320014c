import { xchacha20poly1305 } from '@noble/ciphers/chacha.js'
import { hmac } from '@noble/hashes/hmac.js'
import { sha256 } from '@noble/hashes/sha2.js'
import { Dexie } from 'dexie'
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js'
import { BackfoldError } from '../core/backfold-error.ts'
import { isSealedRow, type RowCodec } from './plain-codec.ts'
import { packRow, unpackRow } from './pack-row.ts'

/** What of a row stands outside of what is sealed: texts as tokens, numbers as they are. */
const OUTSIDE: Readonly<Record<string, readonly string[]>> = {
  sessions: ['id', 'removed'],
  messages: ['session', 'seq', 'id'],
  generations: ['session', 'n'],
  snapshots: ['session', 'n'],
  jobs: ['session', 'n', 'startedAt'],
  blocks: ['session', 'job', 'block'],
  artifacts: ['session', 'hash'],
  notes: ['session', 'n'],
  pads: ['session', 'n'],
  rules: ['session', 'id'],
  facts: ['session', 'id'],
  index: ['session', 'segment'],
}

const NONCE_BYTES = 24
/** Digits of an artifact's hash by which texts name it, at least. */
const NAMED_DIGITS = 12
/** Tokens of sessions that are kept at hand. */
const MAX_TOKENS = 10_000

/**
 * Seals every row with XChaCha20-Poly1305 under a nonce of its own, bound to its table and its key, so that no row can
 * pass for another. Keys that are texts become tokens (HMAC-SHA-256): equal ones are alike, and nothing else is told.
 *
 * Synchronous, and therefore not WebCrypto: that answers later, and by then the transaction would have ended.
 *
 * @param dataKey - 32 bytes.
 * @see SPEC.md rules ENC1–ENC4
 */
export function createRowCodec(dataKey: Uint8Array): RowCodec {
  const sealing = derive(dataKey, 'rows')
  const naming = derive(dataKey, 'names')
  const sessions = new Map<string, string>()
  const token = (...parts: readonly string[]): string =>
    bytesToHex(hmac(sha256, naming, utf8ToBytes(JSON.stringify(parts))).subarray(0, 16))
  const sessionToken = (id: string): string => {
    const known = sessions.get(id)
    if (known !== undefined) return known
    if (sessions.size >= MAX_TOKENS) sessions.clear()
    const made = token('session', id)
    sessions.set(id, made)
    return made
  }
  const nameOf = (table: string, session: string, name: string): string =>
    table === 'artifacts'
      ? `${token('artifact', session, name.slice(0, NAMED_DIGITS))}${token(table, session, name)}`
      : token(table, session, name)

  const outside = (table: string, row: object): Record<string, unknown> => {
    const fields: Record<string, unknown> = {}
    let session = ''
    for (const field of OUTSIDE[table] ?? []) {
      const value: unknown = Reflect.get(row, field)
      if (value === undefined) continue
      if (typeof value !== 'string') fields[field] = value
      else if (session === '') {
        session = value
        fields[field] = sessionToken(value)
      } else fields[field] = nameOf(table, session, value)
    }
    return fields
  }

  return {
    isSealed: true,
    session: sessionToken,
    key(table, key) {
      if (typeof key === 'string') return sessionToken(key)
      const [session, ...rest] = key
      const others = rest.map((part) =>
        typeof part === 'string' && part !== Dexie.maxKey ? nameOf(table, session, part) : part,
      )
      return [sessionToken(session), ...others]
    },
    artifactRange(session, hash) {
      const own = sessionToken(session)
      const begin = token('artifact', session, hash.slice(0, NAMED_DIGITS))
      return [
        [own, begin],
        [own, `${begin}g`],
      ]
    },
    seal(table, row) {
      const fields = outside(table, row)
      const nonce = crypto.getRandomValues(new Uint8Array(NONCE_BYTES))
      const cipher = xchacha20poly1305(sealing, nonce, bindingOf(table, fields))
      const text = cipher.encrypt(packRow(row))
      const sealed = new Uint8Array(NONCE_BYTES + text.length)
      sealed.set(nonce)
      sealed.set(text, NONCE_BYTES)
      return { ...fields, sealed }
    },
    open<Row>(table: string, raw: unknown): Row {
      if (!isSealedRow(raw)) throw damaged(table)
      const { sealed } = raw
      const binding = bindingOf(table, raw)
      try {
        const cipher = xchacha20poly1305(sealing, sealed.subarray(0, NONCE_BYTES), binding)
        return unpackRow(cipher.decrypt(sealed.subarray(NONCE_BYTES))) as Row
      } catch {
        throw damaged(table)
      }
    },
  }
}

function bindingOf(table: string, row: object): Uint8Array {
  const fields = (OUTSIDE[table] ?? []).map((field): unknown => Reflect.get(row, field) ?? null)
  return utf8ToBytes(JSON.stringify([table, ...fields]))
}

/** A key for one purpose: the one for names tells nothing about the one for rows. */
function derive(dataKey: Uint8Array, purpose: string): Uint8Array {
  return hmac(sha256, dataKey, utf8ToBytes(`backfold ${purpose} 1`))
}

function damaged(table: string): BackfoldError {
  return new BackfoldError('INTERNAL', `a stored row of ${table} is damaged or was exchanged`)
}
