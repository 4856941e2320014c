import { BackfoldError } from '../../src/core/backfold-error.ts'
import type { Call } from '../../src/client/create-backfold.ts'
import type { Method, Params, ProtectOutcome } from '../../src/protocol/requests.ts'
import { toBase64 } from '../wire/base64.ts'
import type { FileDesk } from './file-desk.ts'

/**
 * What a page of the extension can't ask: the ladder is chosen by the settings, as its models live here; the device is
 * this one, and what it would synchronise with is not kept here; and requests of hosts belong to the chats.
 */
const REFUSED: readonly string[] = [
  'chooseSummarisers',
  'tellDevice',
  'beginSync',
  'endSync',
  'renewSync',
  'planRequest',
  'rescueRequest',
  'recordAnswer',
  'continueRequest',
] satisfies readonly Method[]

/** What it takes to answer a page's request to the engine. */
export interface EngineParts {
  readonly protect: (passphrase: string | null) => Promise<ProtectOutcome>
  readonly call: Call
  readonly files: FileDesk
}

/**
 * Passes a request to the engine, and what no message holds in another form: files, bytes and keys.
 *
 * @throws BackfoldError `INVALID_INPUT` for what may not be asked; else as the engine does.
 * @see SPEC.md rules HOST5, HOST6
 */
export async function passEngineRequest(
  { protect, call, files }: EngineParts,
  method: Method,
  params: unknown,
): Promise<unknown> {
  if (REFUSED.includes(method)) {
    throw new BackfoldError('INVALID_INPUT', `${method} can't be asked from here`)
  }
  const fields = typeof params === 'object' && params !== null ? params : {}
  if (method === 'protect') {
    const { passphrase } = fields as Params<'protect'>
    return protect(passphrase)
  }
  if (method === 'importFile') {
    const { transfer, file } = fields as { readonly transfer: string; readonly file: unknown }
    const { $file: name } = (file ?? {}) as { readonly $file?: unknown }
    return call('importFile', { transfer, file: files.take(String(name)) })
  }
  if (method === 'exportChunk') {
    const found = await call('exportChunk', fields as Params<'exportChunk'>)
    return found && { ...found, bytes: { $bytes: toBase64(found.bytes) } }
  }
  return call(method, fields as Params<typeof method>)
}
