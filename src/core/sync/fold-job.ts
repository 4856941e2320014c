/** What a device asks of a worker: to fold a session once. Its place says which. */
export interface FoldJob {
  /** Id of the remote head that the device saw, empty for none: behind another one the job is done already. */
  readonly head: string
  /** How the device folds that session, as far as it matters elsewhere; the defaults where it is missing. */
  readonly policy?: Readonly<Record<string, unknown>>
  /** Keys of the session, wrapped for the worker; missing where the space is not sealed. */
  readonly grant?: Readonly<Record<string, unknown>>
}

const MAX_TEXT = 200_000
const MAX_ID = 128

export function writeFoldJob({ head, policy, grant }: FoldJob): string {
  return JSON.stringify({ version: 1, head, ...(policy && { policy }), ...(grant && { grant }) })
}

/** Reads a job; undefined for what is none, or one of a newer release. Never throws. */
export function readFoldJob(text: string): FoldJob | undefined {
  if (text.length > MAX_TEXT) return undefined
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    return undefined
  }
  if (!isRecord(value)) return undefined
  const { version, head, policy, grant } = value
  if (version !== 1 || typeof head !== 'string' || head.length > MAX_ID) return undefined
  if (!isOptional(policy) || !isOptional(grant)) return undefined
  return { head, ...(policy && { policy }), ...(grant && { grant }) }
}

function isOptional(value: unknown): value is Readonly<Record<string, unknown>> | undefined {
  return value === undefined || isRecord(value)
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
