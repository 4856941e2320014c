import type { RawTarget, RawTransaction } from './raw-database.ts'

const HANDLERS = [
  'onabort',
  'onblocked',
  'onclose',
  'oncomplete',
  'onerror',
  'onsuccess',
  'onupgradeneeded',
  'onversionchange',
] as const

/** Takes every handler off an object of IndexedDB: the code that set them is dead. */
export function silence(target: RawTarget): void {
  target.listeners = []
  for (const handler of HANDLERS) {
    if (handler in target) Object.assign(target, { [handler]: null })
  }
}

/** The same for a transaction and its requests, save for the listeners by which the database lives on. */
export function silenceTransaction(tx: RawTransaction): void {
  const { processTransactions } = (tx.db as unknown as { _rawDatabase: Database })._rawDatabase
  const own = tx.listeners.filter(
    ({ callback }, index) => index < OWN_LISTENERS || callback === processTransactions,
  )
  silence(tx)
  tx.listeners = own
  for (const { request } of tx._requests) silence(request)
}

interface Database {
  readonly processTransactions: () => void
}

/** Listeners that a transaction is constructed with. */
const OWN_LISTENERS = 3
